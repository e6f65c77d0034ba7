"""Products: data sheets, catalogue pages, shop pages, labels."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from .faults import fault
from .fields import Country, Currency, Gtin, Part, WebAddress


class Property(Part):
    """One named property of a product."""

    name: str | None = Field(default=None, description="Name of the property as printed: 'Weight'.")
    value: str | None = Field(default=None, description="Its value as printed, without the unit.")
    unit: str | None = Field(default=None, description="Its unit as printed: 'kg'.")


class Product(Part):
    """A product as a data sheet, label or shop page describes it. What is not printed is left out."""

    name: str | None = Field(default=None, description="Name of the product, without the brand if that is apart.")
    brand: str | None = Field(default=None, description="Brand or manufacturer.")
    category: str | None = Field(default=None, description="What kind of product it is, as printed or in two words.")
    description: str | None = Field(default=None, description="Description as printed, without the list of properties.")
    sku: str | None = Field(default=None, description="The seller's article number.")
    mpn: str | None = Field(default=None, description="The manufacturer's part or model number.")
    gtin: Gtin | None = Field(default=None, description="Digits under the bar code (EAN, UPC, GTIN), without blanks.")
    price: float | None = Field(default=None, description="Price that holds now, as a number.")
    regular_price: float | None = Field(
        default=None, description="Price before a reduction, crossed out or 'was', if printed."
    )
    currency: Currency | None = Field(default=None, description="ISO 4217 code of the prices: EUR for €.")
    price_unit: str | None = Field(
        default=None, description="What the price is for, if not one piece: 'kg', '100 pcs'."
    )
    availability: Literal["in_stock", "out_of_stock", "preorder", "discontinued"] | None = Field(
        default=None, description="Whether it can be had, if stated."
    )
    country_of_origin: Country | None = Field(default=None, description="'Made in', two letters: DE, CN.")
    properties: list[Property] = Field(default=[], description="Table or list of properties, in order.")
    rating: float | None = Field(default=None, description="Average rating on a scale to 5, if printed.")
    url: WebAddress | None = Field(default=None, description="Web address of the product, if printed.")

    @model_validator(mode="after")
    def _figures_are_possible(self) -> Self:
        for name in ("price", "regular_price"):
            figure = getattr(self, name)
            if figure is not None and figure < 0:
                raise fault("price", f"{name} is {figure:.2f}; a price is not negative, write it without the sign")
        if self.price is not None and self.regular_price is not None and self.regular_price < self.price:
            raise fault(
                "price",
                f"regular_price is {self.regular_price:.2f}, less than price {self.price:.2f}; regular_price is the one"
                " before the reduction, so the two may be swapped",
            )
        if self.rating is not None and not 0 <= self.rating <= 5:
            raise fault(
                "rating", f"rating is {self.rating:g}, outside 0 to 5; bring it to a scale to 5 or leave it out"
            )
        return self
