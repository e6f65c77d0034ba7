"""Office files: DOCX, PPTX, XLSX, XLS, OpenDocument and RTF. Macros are never run, links never followed."""
