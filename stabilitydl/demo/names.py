"""Believable names for a pack: style LoRAs of one creator, for several base models."""

from __future__ import annotations

from dataclasses import dataclass

CREATOR = "ada_paints"

_FIRST = (
    "Amber", "Arctic", "Autumn", "Blue Hour", "Brushed", "Candlelit", "Celestial", "Charcoal", "Copper", "Crystal",
    "Dreaming", "Dusty", "Ember", "Faded", "Folded", "Frosted", "Gilded", "Glass", "Golden Hour", "Hollow",
    "Indigo", "Inked", "Ivory", "Lacquered", "Lunar", "Marble", "Midnight", "Mossy", "Neon", "Opal",
    "Pastel", "Porcelain", "Rainy", "Risograph", "Silver", "Smoky", "Soft", "Velvet", "Violet", "Woven",
)  # fmt: skip
_SECOND = (
    "Alley", "Archipelago", "Armour", "Atelier", "Aviary", "Balcony", "Bazaar", "Boulevard", "Cathedral", "Citadel",
    "Comics", "Coral", "Costume", "Courtyard", "Diorama", "Dragons", "Embroidery", "Etching", "Festival", "Foxes",
    "Garden", "Gouache", "Harbour", "Interiors", "Kimono", "Landscape", "Lanterns", "Library", "Lighthouse", "Machines",
    "Mecha", "Mosaic", "Mountains", "Observatory", "Orchard", "Origami", "Pagoda", "Papercut", "Portrait", "Postcard",
    "Ruins", "Sketchbook", "Skyline", "Stained Glass", "Still Life", "Street", "Tapestry", "Tide", "Watercolor",
    "Woodblock",
)  # fmt: skip
# A step without a common factor with 40 * 50 visits every pair once, far from its neighbours.
_STEP, _START = 797, 131


@dataclass(frozen=True)
class BaseModel:
    """A base model as Civitai calls it, and as trainers and ModelSpec write it into headers."""

    label: str
    trained: str
    checkpoint: str
    architecture: str
    suffix: str
    resolution: int


_XL = "stable-diffusion-xl-v1-base/lora"
_BASES = (
    BaseModel("SDXL 1.0", "sdxl_base_v1-0", "sd_xl_base_1.0.safetensors", _XL, "xl", 1024),
    BaseModel("Illustrious", "sdxl_base_v1-0", "Illustrious-XL-v0.1.safetensors", _XL, "il", 1024),
    BaseModel("SD 1.5", "sd_v1", "v1-5-pruned-emaonly.safetensors", "stable-diffusion-v1/lora", "sd15", 512),
    BaseModel("Flux.1 D", "flux1", "flux1-dev.safetensors", "flux-1-dev/lora", "flux", 1024),
    BaseModel("Pony", "sdxl_base_v1-0", "ponyDiffusionV6XL.safetensors", _XL, "pony", 1024),
)
_BASE_TURN = (0, 2, 0, 3, 1, 0, 4, 3, 1, 0, 2)


@dataclass(frozen=True)
class Style:
    """What one file of the pack is called and made for."""

    title: str
    version: str
    file_name: str
    base: BaseModel
    trigger_words: tuple[str, ...]


def style(index: int) -> Style:
    """The style at place ``index`` of any pack. Titles and file names differ for all places below 2000."""
    pair = (index * _STEP + _START) % (len(_FIRST) * len(_SECOND))
    first, second = _FIRST[pair % len(_FIRST)], _SECOND[pair // len(_FIRST)]
    base = _BASES[_BASE_TURN[index % len(_BASE_TURN)]]
    title = f"{first} {second}"
    number = f"{1 + pair % 3}.{pair // 7 % 4}"
    word = "".join(part[:4] for part in title.lower().split())
    words = (f"{word} style", f"{first.lower()} light") if pair % 2 else (f"{word} style",)
    file_name = f"{title.lower().replace(' ', '_')}_{base.suffix}_v{number}.safetensors"
    return Style(title, f"{title} v{number}", file_name, base, words)
