#!/usr/bin/env bash
# Files from other programs: weights, checkpoints, minibatches and data sets as PyTorch and Python save them.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

command -v python3 >/dev/null || skip 'python3 is needed to write what Python writes'
golden=$source_dir/tests/golden/nb201_small
arch=$(sed -nE '/"name": "arch1462"/,/"arch"/ s/^ *"arch": "(.*)",$/\1/p' "$golden/golden.json")
size=(--channels 4 --cells 1)
score() { wrcor score "${size[@]}" --arch "$arch" --batch "$golden/batch.pt" "$@"; }

# The file of torch.save(a plain state dict), rewritten in the forms of other programs.
python3 - "$golden/arch1462.pt" "$golden/batch.pt" <<'END'
import os, re, struct, sys, zipfile

def records(file):
    archive = zipfile.ZipFile(file)
    return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}

def save(file, content):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr("archive/" + name, data)

text = lambda word: b"X" + struct.pack("<I", len(word)) + word
weights, batch = records(sys.argv[1]), records(sys.argv[2])
plain = weights["data.pkl"]
assert plain.startswith(b"\x80\x02}") and plain.endswith(b".")
ordered = b"ccollections\nOrderedDict\n)R"
with_order = plain.replace(b"}", ordered, 1)[:-1] + b"}" + text(b"_metadata") + ordered + b"sb."
key = rb"X(....)(?=(?:stem|cells|lastact|classifier)\.)"
def renamed(pickle, prefix):
    longer = lambda found: b"X" + struct.pack("<I", struct.unpack("<I", found[1])[0] + len(prefix)) + prefix
    return re.sub(key, longer, pickle, flags=re.S)
def checkpoint(pickle, key):
    return b"\x80\x02}(" + text(b"epoch") + b"K\x03" + text(key) + pickle[2:-1] + text(b"lr") + b"G?\xb9\x99\x99\x99\x99\x99\x9au."
def variant(file, pickle, **changed):
    save(file, {**weights, "data.pkl": pickle, **changed})

variant("ordered.pt", with_order)
variant("module.pt", renamed(plain, b"module."))
variant("checkpoint.pt", checkpoint(renamed(with_order, b"module."), b"state_dict"))
variant("net.pt", checkpoint(plain, b"net"))
# Without the counters of minibatches: each entry is its name and the call that makes the tensor.
entries = re.split(b"(?=" + key.replace(b"(....)", b"....") + b")", plain[:-2], flags=re.S)
variant("old.pt", b"".join(e for e in entries if b"num_batches_tracked" not in e[:80]) + plain[-2:])
float_record = "data/" + re.search(rb"FloatStorage.*?X....(\d+)", plain, re.S)[1].decode()
broken = bytearray(weights[float_record])
broken[:4] = struct.pack("<f", float("nan"))
variant("broken.pt", plain, **{float_record: bytes(broken)})

# The minibatch with labels of four bytes, and with images as bytes.
long_record = "data/" + re.search(rb"LongStorage.*?X....(\d+)", batch["data.pkl"], re.S)[1].decode()
labels = struct.unpack("<%dq" % (len(batch[long_record]) // 8), batch[long_record])
save("int32.pt", {**batch, "data.pkl": batch["data.pkl"].replace(b"LongStorage", b"IntStorage"),
                  long_record: struct.pack("<%di" % len(labels), *labels)})
save("uint8.pt", {**batch, "data.pkl": batch["data.pkl"].replace(b"FloatStorage", b"ByteStorage")})

# CIFAR for Python: {"data": a numpy array, "labels": a list}, and the same in the binary layout.
pixels = bytes((i * 7 + k) % 251 for i in range(8) for k in range(3072))
array = (b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01K\x08M\0\x0c\x86"
         b"cnumpy\ndtype\nU\x02u1K\0K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"
         b"T" + struct.pack("<I", len(pixels)) + pixels + b"tb")
for folder in "py/cifar-10-batches-py", "bin/cifar-10-batches-bin":
    os.makedirs(folder)
with open("py/cifar-10-batches-py/data_batch_1", "wb") as file:
    file.write(b"\x80\x02}(U\x06labels](" + bytes(v for i in range(8) for v in (75, i)) + b"eU\x04data" + array +
               b"U\x09filenames]u.")
with open("bin/cifar-10-batches-bin/data_batch_1.bin", "wb") as file:
    for i in range(8):
        file.write(bytes([i]) + pixels[3072 * i:3072 * i + 3072])
END

# --- weights: an OrderedDict, a wrapped model, a checkpoint, a file without counters
expect_exit 0 score --weights "$golden/arch1462.pt"
expected=$stdout
for file in ordered old; do
  expect_exit 0 score --weights $file.pt
  expect_equal "$stdout" "$expected"
  expect_lacks "$stderr" "$file.pt"
done
said() { expect_equal "$(grep -c "^info: '$1': the names of the weights are taken without '$2', which all begin with$" "$stderr_file")" 1; }
while read -r file prefix; do
  expect_exit 0 score --weights "$file"
  expect_equal "$stdout" "$expected"
  said "$file" "$prefix"
done <<'END'
module.pt module.
checkpoint.pt state_dict.module.
net.pt net.
END
# Exported weights have the names of the network, and the counters.
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights "$golden/arch1462.pt" --format weights --out plain.pt
for file in ordered module checkpoint; do
  expect_exit 0 wrcor export "$arch" "${size[@]}" --weights $file.pt --format weights --out out.pt --force
  expect_same_file out.pt plain.pt
done
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights old.pt --out old_module.pt

# --- weights of a diverged training
train=(train "$arch" "${size[@]}" --data synthetic --epochs 1 --train-images 32 --test-images 16 --batch-size 16)
broken="'broken.pt': found NaN or infinity in [a-z0-9.]+, expected finite numbers"
refuse 3 "$broken" score --weights broken.pt
refuse 3 "$broken" wrcor export "$arch" "${size[@]}" --weights broken.pt --out broken_module.pt
refuse 3 "$broken" wrcor "${train[@]}" --weights broken.pt --out trained
for file in broken_module.pt trained; do [ ! -e $file ] || fail "broken weights left '$file' behind"; done
expect_exit 0 wrcor "${train[@]}" --weights checkpoint.pt --out trained
said checkpoint.pt state_dict.module.

# --- minibatches
expect_exit 0 score --weights ordered.pt
expected=$stdout
expect_exit 0 wrcor score "${size[@]}" --arch "$arch" --weights ordered.pt --batch int32.pt
expect_equal "$stdout" "$expected"
refuse 3 "uint8.pt: found 'images' of shape .* and type Byte, expected .*; normalise them: " \
  wrcor score "${size[@]}" --arch "$arch" --batch uint8.pt

# --- CIFAR in pickles
scores_of() { expect_exit 0 wrcor score "${small[@]}" --arch "$arch" --data cifar10 --data-root "$1"; }
scores_of bin
expected=$stdout
scores_of py
expect_equal "$stdout" "$expected"
expect_contains "$stderr" '8 of 50000 training images in py/cifar-10-batches-py'
