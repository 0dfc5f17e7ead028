#!/usr/bin/env python3
"""Writes the minibatch of a file of torch.save as safetensors, with nothing but the standard library.

    safetensors_of_batch.py BATCH.pt OUT TYPE     TYPE of the labels: I64, I32, U16, U8

The archive has the images, float32, as its first tensor, and the labels, int64, as its second.
"""

import array
import json
import struct
import sys
import zipfile

CODES = {"I64": "q", "I32": "i", "U16": "H", "U8": "B"}

archive = zipfile.ZipFile(sys.argv[1])
folder = archive.namelist()[0].split("/")[0]
images = archive.read(folder + "/data/0")
labels = array.array("q", archive.read(folder + "/data/1"))
side = round((len(images) / 4 / 3 / len(labels)) ** 0.5)
stored = array.array(CODES[sys.argv[3]], labels).tobytes()
header = json.dumps(
    {
        "images": {
            "dtype": "F32",
            "shape": [len(labels), 3, side, side],
            "data_offsets": [len(stored), len(stored) + len(images)],
        },
        "labels": {"dtype": sys.argv[3], "shape": [len(labels)], "data_offsets": [0, len(stored)]},
    }
).encode()
with open(sys.argv[2], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + stored + images)
