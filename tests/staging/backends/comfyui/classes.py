"""The core node classes of ComfyUI 0.3.64 that our workflows use: inputs with their types and limits, outputs.

Written down from what is known of its nodes; no /object_info of a real server was at hand. An input is a type of link,
("INT" or "FLOAT", least, most), "STRING", "BOOLEAN", a list of choices, or Files(folder): what lies in a folder of
models. Choices that a submit does not check are `unchecked`; the classes of PICTURE_LOADERS look their `image` up among
the uploads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Files:
    """Model files in a folder; `unchecked` ones are looked for only when the node runs."""

    folder: str
    unchecked: bool = False


@dataclass(frozen=True)
class NodeClass:
    """What a class takes and gives."""

    required: dict[str, Any]
    gives: tuple[str, ...] = ()
    optional: dict[str, Any] = field(default_factory=dict)
    is_output: bool = False


BIG = 16384
PERCENT = ("FLOAT", 0.0, 1.0)
SIZE = ("INT", 0, BIG)
SAMPLERS = ["euler", "euler_ancestral", "heun", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_sde", "lcm", "ddim", "uni_pc"]
SCHEDULERS = ["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic"]
RESIZE = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
CHANNELS = ["alpha", "red", "green", "blue"]
UNION = [
    *("auto", "openpose", "depth", "hed/pidi/scribble/ted", "canny/lineart/anime_lineart/mlsd", "normal"),
    *("segment", "tile", "repaint"),
]
_TILES = {
    "tile_size": ("INT", 64, 4096),
    "overlap": ("INT", 0, 4096),
    "temporal_size": ("INT", 8, 4096),
    "temporal_overlap": ("INT", 4, 4096),
}
PICTURE_LOADERS = frozenset({"LoadImage", "LoadImageMask"})

CLASSES: dict[str, NodeClass] = {
    "CheckpointLoaderSimple": NodeClass({"ckpt_name": Files("checkpoints")}, ("MODEL", "CLIP", "VAE")),
    "UNETLoader": NodeClass(
        {
            "unet_name": Files("diffusion_models"),
            "weight_dtype": ["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"],
        },
        ("MODEL",),
    ),
    "CLIPLoader": NodeClass(
        {"clip_name": Files("text_encoders"), "type": ["stable_diffusion", "sd3", "flux2", "wan", "qwen_image"]},
        ("CLIP",),
        {"device": ["default", "cpu"]},
    ),
    "DualCLIPLoader": NodeClass(
        {
            "clip_name1": Files("text_encoders"),
            "clip_name2": Files("text_encoders"),
            "type": ["sdxl", "sd3", "flux", "hunyuan_video", "hidream"],
        },
        ("CLIP",),
        {"device": ["default", "cpu"]},
    ),
    "VAELoader": NodeClass({"vae_name": Files("vae")}, ("VAE",)),
    "ControlNetLoader": NodeClass({"control_net_name": Files("controlnet")}, ("CONTROL_NET",)),
    "LoraLoaderModelOnly": NodeClass(
        {"model": "MODEL", "lora_name": Files("loras"), "strength_model": ("FLOAT", -100.0, 100.0)}, ("MODEL",)
    ),
    "UpscaleModelLoader": NodeClass({"model_name": Files("upscale_models", unchecked=True)}, ("UPSCALE_MODEL",)),
    "LoadImage": NodeClass({"image": "STRING"}, ("IMAGE", "MASK")),
    "LoadImageMask": NodeClass({"image": "STRING", "channel": CHANNELS}, ("MASK",)),
    "CLIPTextEncode": NodeClass({"text": "STRING", "clip": "CLIP"}, ("CONDITIONING",)),
    "TextEncodeQwenImageEditPlus": NodeClass(
        {"clip": "CLIP", "prompt": "STRING"},
        ("CONDITIONING",),
        {"vae": "VAE", "image1": "IMAGE", "image2": "IMAGE", "image3": "IMAGE"},
    ),
    "ConditioningZeroOut": NodeClass({"conditioning": "CONDITIONING"}, ("CONDITIONING",)),
    "FluxGuidance": NodeClass({"conditioning": "CONDITIONING", "guidance": ("FLOAT", 0.0, 100.0)}, ("CONDITIONING",)),
    "ReferenceLatent": NodeClass({"conditioning": "CONDITIONING"}, ("CONDITIONING",), {"latent": "LATENT"}),
    "LotusConditioning": NodeClass({}, ("CONDITIONING",)),
    "InpaintModelConditioning": NodeClass(
        {
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "vae": "VAE",
            "pixels": "IMAGE",
            "mask": "MASK",
            "noise_mask": "BOOLEAN",
        },
        ("CONDITIONING", "CONDITIONING", "LATENT"),
    ),
    "SetUnionControlNetType": NodeClass({"control_net": "CONTROL_NET", "type": UNION}, ("CONTROL_NET",)),
    "ControlNetApplyAdvanced": NodeClass(
        {
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "control_net": "CONTROL_NET",
            "image": "IMAGE",
            "strength": ("FLOAT", 0.0, 10.0),
            "start_percent": PERCENT,
            "end_percent": PERCENT,
        },
        ("CONDITIONING", "CONDITIONING"),
        {"vae": "VAE"},
    ),
    "DifferentialDiffusion": NodeClass({"model": "MODEL"}, ("MODEL",), {"strength": PERCENT}),
    "ModelSamplingAuraFlow": NodeClass({"model": "MODEL", "shift": ("FLOAT", 0.0, 100.0)}, ("MODEL",)),
    "CFGNorm": NodeClass({"model": "MODEL", "strength": ("FLOAT", 0.0, 100.0)}, ("MODEL",)),
    "VAEEncode": NodeClass({"pixels": "IMAGE", "vae": "VAE"}, ("LATENT",)),
    "VAEDecode": NodeClass({"samples": "LATENT", "vae": "VAE"}, ("IMAGE",)),
    "VAEEncodeTiled": NodeClass({"pixels": "IMAGE", "vae": "VAE", **_TILES}, ("LATENT",)),
    "VAEDecodeTiled": NodeClass({"samples": "LATENT", "vae": "VAE", **_TILES}, ("IMAGE",)),
    "EmptyLatentImage": NodeClass(
        {"width": ("INT", 16, BIG), "height": ("INT", 16, BIG), "batch_size": ("INT", 1, 4096)}, ("LATENT",)
    ),
    "RepeatLatentBatch": NodeClass({"samples": "LATENT", "amount": ("INT", 1, 64)}, ("LATENT",)),
    "KSampler": NodeClass(
        {
            "model": "MODEL",
            "seed": ("INT", 0, 2**64 - 1),
            "steps": ("INT", 1, 10000),
            "cfg": ("FLOAT", 0.0, 100.0),
            "sampler_name": SAMPLERS,
            "scheduler": SCHEDULERS,
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "latent_image": "LATENT",
            "denoise": PERCENT,
        },
        ("LATENT",),
    ),
    "BasicGuider": NodeClass({"model": "MODEL", "conditioning": "CONDITIONING"}, ("GUIDER",)),
    "BasicScheduler": NodeClass(
        {"model": "MODEL", "scheduler": SCHEDULERS, "steps": ("INT", 1, 10000), "denoise": PERCENT}, ("SIGMAS",)
    ),
    "SetFirstSigma": NodeClass({"sigmas": "SIGMAS", "sigma": ("FLOAT", 0.0, 20000.0)}, ("SIGMAS",)),
    "DisableNoise": NodeClass({}, ("NOISE",)),
    "KSamplerSelect": NodeClass({"sampler_name": SAMPLERS}, ("SAMPLER",)),
    "SamplerCustomAdvanced": NodeClass(
        {"noise": "NOISE", "guider": "GUIDER", "sampler": "SAMPLER", "sigmas": "SIGMAS", "latent_image": "LATENT"},
        ("LATENT", "LATENT"),
    ),
    "ImageScale": NodeClass(
        {"image": "IMAGE", "upscale_method": RESIZE, "width": SIZE, "height": SIZE, "crop": ["disabled", "center"]},
        ("IMAGE",),
    ),
    "ImageScaleToTotalPixels": NodeClass(
        {"image": "IMAGE", "upscale_method": RESIZE, "megapixels": ("FLOAT", 0.01, 16.0)}, ("IMAGE",)
    ),
    "ImageScaleToMaxDimension": NodeClass(
        {"image": "IMAGE", "upscale_method": RESIZE, "largest_size": SIZE}, ("IMAGE",)
    ),
    "FluxKontextImageScale": NodeClass({"image": "IMAGE"}, ("IMAGE",)),
    "Canny": NodeClass(
        {"image": "IMAGE", "low_threshold": ("FLOAT", 0.01, 0.99), "high_threshold": ("FLOAT", 0.01, 0.99)}, ("IMAGE",)
    ),
    "ImageInvert": NodeClass({"image": "IMAGE"}, ("IMAGE",)),
    "ImageBlur": NodeClass(
        {"image": "IMAGE", "blur_radius": ("INT", 1, 31), "sigma": ("FLOAT", 0.1, 10.0)}, ("IMAGE",)
    ),
    "ImageToMask": NodeClass({"image": "IMAGE", "channel": CHANNELS}, ("MASK",)),
    "MaskToImage": NodeClass({"mask": "MASK"}, ("IMAGE",)),
    "GrowMask": NodeClass({"mask": "MASK", "expand": ("INT", -BIG, BIG), "tapered_corners": "BOOLEAN"}, ("MASK",)),
    "ImageCompositeMasked": NodeClass(
        {"destination": "IMAGE", "source": "IMAGE", "x": SIZE, "y": SIZE, "resize_source": "BOOLEAN"},
        ("IMAGE",),
        {"mask": "MASK"},
    ),
    "GetImageSize": NodeClass({"image": "IMAGE"}, ("INT", "INT", "INT")),
    "ImageUpscaleWithModel": NodeClass({"upscale_model": "UPSCALE_MODEL", "image": "IMAGE"}, ("IMAGE",)),
    "PreviewImage": NodeClass({"images": "IMAGE"}, is_output=True),
}
