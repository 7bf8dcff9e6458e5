"""Pictures of barcodes, and a film of one for Chromium's fake camera."""

from __future__ import annotations

import io
from pathlib import Path

import zxingcpp
from PIL import Image

WIDTH, HEIGHT = 640, 480


def picture(text: str, kind: zxingcpp.BarcodeFormat) -> Image.Image:
    """A grey photograph with the barcode in its middle, a little turned."""
    code = zxingcpp.create_barcode(text, kind)
    image = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=3))
    ground = Image.new("L", (WIDTH, HEIGHT), 235)
    image = image.resize((420, 420 if image.width == image.height else 150))
    ground.paste(image, ((WIDTH - image.width) // 2, (HEIGHT - image.height) // 2))
    return ground.rotate(3, fillcolor=235, resample=Image.Resampling.BICUBIC)


def jpeg(image: Image.Image) -> bytes:
    """The picture as a camera would store it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def film(path: Path, text: str, kind: zxingcpp.BarcodeFormat) -> None:
    """A YUV4MPEG2 film of the barcode."""
    grey = picture(text, kind).tobytes()
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(8):
            file.write(b"FRAME\n" + grey + colour)
