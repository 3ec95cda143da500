from __future__ import annotations

import pytest

from stabilitydl.domain.precision import normal_precision, precision_in


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("model_fp16.safetensors", "fp16"),
        ("model-F16.gguf", "fp16"),
        ("model.BF16.gguf", "bf16"),
        ("flux1-dev-Q4_K_M.gguf", "Q4_K_M"),
        ("x-iq2_xxs-00001-of-00002.gguf", "IQ2_XXS"),
        ("x.q8_0.gguf", "Q8_0"),
        ("t5xxl_fp8_e4m3fn_scaled.safetensors", "fp8_e4m3fn"),
        ("wan_fp8_scaled.safetensors", "fp8_scaled"),
        ("x_nvfp4.safetensors", "nvfp4"),
        ("pytorch_model.bin", ""),
        ("off16by.bin", ""),
        ("lora_q4you.bin", ""),
    ],
)
def test_what_a_name_tells(name: str, precision: str) -> None:
    assert precision_in(name) == precision


@pytest.mark.parametrize(("text", "spelt"), [("FP16", "fp16"), ("f32", "fp32"), ("q5_k_s", "Q5_K_S"), (" odd ", "odd")])
def test_one_spelling(text: str, spelt: str) -> None:
    assert normal_precision(text) == spelt
