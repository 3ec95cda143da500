"""The collections of the pictures, as somebody might have them after some weeks."""

from __future__ import annotations

from stabilitydl.domain.states import State
from stabilitydl.errors import Argument, Problem
from tests.screenshots.packs import File, Pack, quants, styles

_DIGESTS: dict[str, Argument] = {
    "algorithm": "sha256",
    "expected": "2b7051930e39290cde83c75f115633034772f9f5a339219009000415600526af",
    "actual": "5d6dae8a7bb58acd365d3e7f072cda881475b5611920f3012a6a1127146c3239",
}
HERE, RUNNING = State.DOWNLOADED, State.DOWNLOADING

MEGA = Pack(
    "civitai",
    "11",
    "Style LoRA mega pack",
    (
        File("add-detail-xl.safetensors", 144, RUNNING, 0.57, "v1.0 \u00b7 add detail", "SDXL"),
        File("epiNoiseoffset_v2.safetensors", 218, State.VERIFYING, 1.0, "v2.0 \u00b7 noise offset", "SD 1.5"),
        File("ghibli_style_offset.safetensors", 36, RUNNING, 0.72, "v3.0 \u00b7 soft colours", "SD 1.5"),
        File("film-grain-35mm.safetensors", 612, State.WAITING, 0.0, "v1.0 \u00b7 35mm film", "Flux.1 D"),
        File("pixel-art-xl-v1.1.safetensors", 144, State.QUEUED, 0.0, "v1.1 \u00b7 pixel art", "SDXL"),
        File("watercolor_soft_v3.safetensors", 218, State.QUEUED, 0.0, "v3.0 \u00b7 watercolour", "Illustrious"),
        File("neon-noir-xl.safetensors", 36, State.MISSING, 0.0, "v1.0 \u00b7 neon noir", "SDXL"),
        File("LowRA.safetensors", 612, State.PAUSED, 0.33, "v2.0 \u00b7 low key light", "SD 1.5"),
        File(
            "ink-sketch-lines.safetensors",
            144,
            State.BLOCKED,
            0.0,
            "v3.0 \u00b7 ink sketch",
            "SDXL",
            problem=Problem("login-needed", {"host": "civitai.com", "status": 401}),
        ),
        File(
            "paper-cut-lanterns.safetensors",
            151,
            State.FAILED,
            0.61,
            "v1.0 \u00b7 paper cut",
            "Pony",
            problem=Problem("server-failed", {"host": "civitai.com", "status": 503}),
        ),
        *styles(70, (HERE, 23)),
    ),
    type="LoRA",
    base_model="SDXL",
    creator="aurora_ink",
    words=("style", "film grain", "soft light"),
    page="https://civitai.com/models/4384",
    downloads=31,
)
"""80 files in the middle of a download: 23 are here."""

QWEN = Pack(
    "huggingface",
    "12",
    "Qwen2.5-7B-Instruct-GGUF",
    quants(
        "qwen2.5-7b-instruct",
        11,
        (
            ("Q2_K", 3_020), ("Q3_K_M", 3_810), ("Q4_0", 4_430), ("Q4_K_M", 4_680), ("Q4_K_S", 4_460), ("Q5_0", 5_320),
            ("Q5_K_M", 5_440), ("Q5_K_S", 5_310), ("Q6_K", 6_250), ("Q8_0", 8_100), ("fp16", 15_200),
        ),
    ),
    type="GGUF",
    base_model="Qwen2.5",
    creator="Qwen",
    page="https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF",
    downloads=11,
    pictures=False,
)  # fmt: skip

COMMUNITY = Pack(
    "civitai",
    "13",
    "Community LoRA extract",
    tuple(styles(101, first=200)),
    type="LoRA",
    base_model="Illustrious",
    creator="open_atelier",
    page="https://civitai.com/models/90210",
)

UNION = Pack(
    "huggingface",
    "14",
    "SDXL ControlNet union",
    (
        File("diffusion_pytorch_model.safetensors", 2_510, HERE, version="main"),
        File("diffusion_pytorch_model_promax.safetensors", 2_510, HERE, version="main"),
        File("config_promax.json", 0.002, HERE, version="main"),
        File("config.json", 0.002, State.PAUSED, 0.0, version="main"),
        File("union-lineart.safetensors", 2_500, State.PAUSED, 0.48, version="main"),
        File("union-depth.safetensors", 2_500, version="main"),
    ),
    type="ControlNet",
    base_model="SDXL",
    creator="xlab",
    page="https://huggingface.co/xlab/controlnet-union-sdxl",
    downloads=3,
    pictures=False,
)

DREAMS = Pack(
    "civitai",
    "15",
    "DreamShaper",
    tuple(styles(26, (HERE, 26), first=400)),
    type="Checkpoint",
    base_model="SD 1.5",
    creator="lykon_fan",
    page="https://civitai.com/models/4385",
    downloads=26,
)

WAN = Pack(
    "modelscope",
    "16",
    "\u901a\u4e49\u4e07\u76f8 2.2 LoRA \u5408\u96c6",
    tuple(styles(57, (HERE, 14), first=600)),
    type="LoRA",
    base_model="Wan 2.2",
    creator="\u5c71\u6c34\u5de5\u574a",
    page="https://modelscope.cn/models/shanshui/wan-lora",
    downloads=14,
)

TROUBLED = Pack(
    "civitai",
    "17",
    "Anime backgrounds vol. 2",
    (
        File(
            "city-at-dusk.safetensors",
            218,
            State.FAILED,
            0.44,
            "v2.0 \u00b7 dusk",
            problem=Problem("server-failed", {"host": "civitai.com", "status": 503}),
        ),
        File(
            "harbour-fog.safetensors",
            144,
            State.QUARANTINED,
            1.0,
            "v2.0 \u00b7 fog",
            problem=Problem("checksum-mismatch", _DIGESTS),
        ),
        File(
            "old-town-stairs.safetensors",
            144,
            State.GONE,
            0.0,
            "v1.0 \u00b7 stairs",
            problem=Problem("remote-gone", {"host": "civitai.com", "status": 404}),
        ),
        File(
            "rooftop-garden.safetensors",
            612,
            State.FAILED,
            0.12,
            "v2.0 \u00b7 garden",
            problem=Problem("no-space", {"path": "/home/me/Models", "needed": 612_000_000, "free": 1_000_000}),
        ),
        File(
            "station-platform.safetensors",
            36,
            State.FAILED,
            0.0,
            "v1.1 \u00b7 platform",
            problem=Problem("web-page", {"host": "civitai.com"}),
        ),
        File(
            "tea-house.safetensors",
            218,
            State.FAILED,
            0.8,
            "v2.0 \u00b7 tea house",
            problem=Problem("network-timeout", {"host": "b2.civitai-delivery.com"}),
        ),
        File(
            "wide-river.safetensors",
            144,
            State.FAILED,
            0.0,
            "v1.0 \u00b7 river",
            problem=Problem("not-writable", {"path": "/home/me/Models"}),
        ),
        *styles(17, (HERE, 15), first=900),
    ),
    type="LoRA",
    base_model="Illustrious",
    creator="kumo_paints",
    words=("scenery", "no humans"),
    page="https://civitai.com/models/7731",
    downloads=15,
)

PLANNED = Pack(
    "civitai",
    "18",
    "Film and light studies",
    (
        *styles(3, (HERE, 3), first=1100),
        *styles(40, first=1200),
        *(
            File(f"{name}.safetensors", 151, checked=False, base_model="SDXL")
            for name in ("matte-sky", "low-sun", "tungsten", "overcast")
        ),
        File("kodak-tones.ckpt", 2_130, base_model="SD 1.5"),
        File("kodak-tones.safetensors", 2_130, base_model="SD 1.5"),
        *(
            File(f"{name}.safetensors", 144, blocked=Problem("early-access", {"until": "2026-12-03"}))
            for name in ("window-light", "blue-hour-film")
        ),
        File("golden-rim.safetensors", 144, blocked=Problem("login-needed", {"host": "civitai.com", "status": 401})),
    ),
    type="LoRA",
    base_model="SDXL",
    creator="aurora_ink",
    page="https://civitai.com/models/5150",
)
"""What the picture of the plan asks for. It is on the list already, so three of its files are here."""

SHELF = (MEGA, QWEN, COMMUNITY, UNION, DREAMS, WAN, TROUBLED, PLANNED)
