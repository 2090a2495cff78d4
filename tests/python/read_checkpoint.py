"""Reads a safetensors file with nothing but Python's standard library, and prints what is in it as JSON.

An independent reader of what SafetensorsFile writes: the layout of the bytes, the element types, and the kit's own checksum.
"""
import array
import hashlib
import json
import math
import struct
import sys

CODES = {"F64": "d", "F32": "f", "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U8": "B"}
SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}

with open(sys.argv[1], "rb") as file:
    content = file.read()
(length,) = struct.unpack("<Q", content[:8])
assert length % 8 == 0, "the data are not aligned"
header = json.loads(content[8 : 8 + length].decode("utf-8"))
metadata = header.pop("__metadata__")
assert all(isinstance(text, str) for text in metadata.values())
data = content[8 + length :]

tensors = {}
end = 0
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    first, last = entry["data_offsets"]
    size = SIZES[entry["dtype"]]
    assert first == end, f"{name} begins at {first}, not at {end}"
    assert last - first == math.prod(entry["shape"]) * size, f"{name} has {last - first} bytes"
    assert first % size == 0, f"{name} is not aligned"
    end = last
    values = array.array(CODES[entry["dtype"]])
    values.frombytes(data[first:last])
    tensors[name] = {"dtype": entry["dtype"], "shape": entry["shape"], "sum": math.fsum(values), "first": values[0] if values else None}
assert end == len(data), f"{len(data) - end} bytes follow the last tensor"

digits = metadata["sha256"].encode("ascii")
assert content.count(digits) == 1
assert hashlib.sha256(content.replace(digits, b"0" * 64)).hexdigest() == metadata["sha256"], "the checksum differs"
print(json.dumps({"metadata": metadata, "tensors": tensors}))
