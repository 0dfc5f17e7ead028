#!/usr/bin/env bash
# scripts/convert-nas-bench-201 writes a table that `wrcor evaluate` reads. The official packages and files are large:
# packages of a few lines replace them here, with the official names and records.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

command -v python3 >/dev/null || skip 'no python3'
convert() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/packages python3 "$source_dir/scripts/convert-nas-bench-201" "$@"; }

mkdir -p packages/nats_bench packages/nas_201_api folder
wrcor describe --all | awk -F, 'NR > 1 { print $3 "," $1 }' | sort -n | cut -d, -f2 | sed -n 1,40p >architectures
cat >packages/nats_bench/__init__.py <<'PYTHON'
class Topology:
    def __init__(self):
        with open("architectures", encoding="utf-8") as file:
            self.meta_archs = file.read().split()

    def __len__(self):
        return len(self.meta_archs)

    def arch(self, index):
        return self.meta_archs[index]

    def get_more_info(self, index, dataset, iepoch=None, hp="12", is_random=True):
        assert iepoch is None and is_random is False and hp in ("12", "200")
        if index == 7 and dataset == "cifar100":
            raise KeyError(dataset)
        base = 10.0 + index + {"cifar10-valid": 0.25, "cifar10": 0.5, "cifar100": 0, "ImageNet16-120": 0}[dataset]
        record = {"train-loss": 1.5, "train-all-time": index * float(hp), "test-loss": 2.5, "test-accuracy": base + int(hp) / 100}
        if dataset != "cifar10":
            record["valid-accuracy"] = base
        if index == 8:
            record["train-all-time"] = None
        return record


def create(file_path_or_dict, search_space, fast_mode=False, verbose=True):
    if search_space != "tss" or verbose:
        raise ValueError(search_space)
    if fast_mode != (file_path_or_dict == "folder"):
        raise ValueError("fast_mode")
    return Topology()
PYTHON
cat >packages/nas_201_api/__init__.py <<'PYTHON'
import nats_bench


def NASBench201API(file_path_or_dict=None, verbose=True):
    if open(file_path_or_dict, encoding="utf-8").read() != "tensors":
        raise AssertionError("magic number\nof the file")
    return nats_bench.Topology()
PYTHON

expect_exit 0 convert folder table.csv
expect_equal "$stdout" ''
expect_contains "$stderr" 'holds 40 architectures, expected 15625'
expect_contains "$stderr" 'warning: c100_test_200ep: 1 of 40 are missing'
expect_equal "$(wc -l <table.csv)" 41
expect_equal "$(head -n 1 table.csv)" "index,arch,c10_val_12ep,c10_half_test_12ep,c10_half_s_12ep,c10_test_12ep,c10_s_12ep,\
c100_val_12ep,c100_test_12ep,c100_s_12ep,im16_val_12ep,im16_test_12ep,im16_s_12ep,\
c10_val_200ep,c10_half_test_200ep,c10_half_s_200ep,c10_test_200ep,c10_s_200ep,\
c100_val_200ep,c100_test_200ep,c100_s_200ep,im16_val_200ep,im16_test_200ep,im16_s_200ep"
expect_equal "$(sed -n 3p table.csv)" "1,$(sed -n 2p architectures),11.25,11.37,12,11.62,12,11,11.12,12,11,11.12,12,\
11.25,13.25,200,13.5,200,11,13,200,11,13,200"
expect_equal "$(sed -n 9p table.csv | cut -d, -f8-10)" ',,'
expect_equal "$(sed -n 10p table.csv | cut -d, -f5)" ''
expect_equal "$(find . -name '*.partial.*')" ''

# The other packages and files give the same table.
touch file.pickle.pbz2
printf tensors >file.pth
for source in file.pickle.pbz2 file.pth; do
  expect_exit 0 convert "$source" other.csv
  expect_same_file table.csv other.csv
done

# The program reads it, by string and by number.
for key in arch index; do
  expect_exit 0 wrcor evaluate --benchmark table.csv --key "$key" --table-score c10_val_12ep --metric c10_test_200ep,c100_test_200ep --format csv
  expect_matches "$stdout" 'c10_val_12ep,column,c10_test_200ep,40,0,1,1,1,'
  expect_matches "$stdout" 'c10_val_12ep,column,c100_test_200ep,39,0,1,1,1,'
done

# A failure does not change the file.
cp table.csv before.csv
refuse 3 "'missing.pth' does not exist" convert missing.pth table.csv
printf x >damaged.pth
expect_exit 3 convert damaged.pth table.csv
expect_contains "$stderr" "error: nas_201_api cannot read 'damaged.pth': AssertionError: magic number"
expect_exit 1 convert file.pth missing/table.csv
expect_contains "$stderr" "error: cannot write 'missing/table.csv': No such file or directory"
echo '|none~0|' >>architectures
expect_exit 3 convert folder table.csv
expect_contains "$stderr" "error: architecture 40 is '|none~0|', expected one of the topology space"
expect_same_file table.csv before.csv
rm -r packages/nats_bench
refuse 3 'cannot import nats_bench .*pip install nats_bench' convert folder table.csv
expect_exit 2 convert folder
expect_exit 0 convert --help
expect_equal "$(find . -name '*.partial.*')" ''
