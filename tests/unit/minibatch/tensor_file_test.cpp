#include "minibatch/tensor_file.h"

#include <cstring>

#include "support/catch.h"
#include "support/shared.h"
#include "unit/data/fixtures.h"
#include "unit/minibatch/archives.h"

namespace wrcor {
namespace {

using test::archive_of;
using test::archive_of_tensors;
using test::TemporaryFolder;
using test::with_record;
using namespace std::string_literals;

/// Message of reading a file with this content; checked to be one line.
std::string message_of(std::string_view content) {
  const TemporaryFolder folder;
  const auto file = folder.write("some.pt", content);
  const auto message = test::message_of<DataError>([&] { load_tensor_file(file); });
  CHECK_THAT(message, ContainsSubstring("some.pt: found "));
  CHECK(message.find('\n') == std::string::npos);
  return message;
}

TEST_CASE("tensors come back with name, shape, type and values", "[minibatch][tensor_file]") {
  const TemporaryFolder folder;
  const at::Tensor transposed = at::arange(6, at::kFloat).view({2, 3}).t();
  const auto file =
      folder.write("some.pt", archive_of_tensors({{"a.weight", transposed},
                                                  {"steps", at::scalar_tensor(7, at::kLong)},
                                                  {"none", at::empty({0, 4})}}));
  const auto tensors = load_tensor_file(file);
  REQUIRE(tensors.size() == 3);
  CHECK(at::equal(tensors.at("a.weight"), transposed));
  CHECK(tensors.at("a.weight").scalar_type() == at::kFloat);
  CHECK(tensors.at("steps").item<std::int64_t>() == 7);
  CHECK(tensors.at("none").sizes() == at::IntArrayRef{0, 4});
}

TEST_CASE("state dicts written by Python are read", "[minibatch][tensor_file]") {
  WRCOR_REQUIRE_SHARED(file, "golden/nb201_small/arch1835.pt");
  const auto tensors = load_tensor_file(file);
  std::int64_t scalars = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name.ends_with("weight") || name.ends_with("bias")) scalars += tensor.numel();
  }
  CHECK(scalars == 4894);  // "params" of this network in golden.json
}

TEST_CASE("files that are no archive are told apart", "[minibatch][tensor_file]") {
  const std::string whole = archive_of_tensors({{"a", at::ones({3})}});
  CHECK_THAT(message_of(""), ContainsSubstring("found an empty file, expected a dictionary"));
  CHECK_THAT(message_of("\x80\x02}q."),
             ContainsSubstring("found neither a zip archive nor safetensors, expected a "
                               "dictionary"));
  CHECK_THAT(message_of(whole.substr(0, whole.size() - 30)),
             ContainsSubstring("found an archive that cannot be read ("));
  const TemporaryFolder folder;
  for (const auto& path : {folder.path() / "absent.pt", folder.path()}) {
    CHECK_THAT(test::message_of<DataError>([&] { load_tensor_file(path); }),
               ContainsSubstring("cannot read '" + path.string() + "'"));
  }
}

TEST_CASE("an archive must hold a dictionary of tensors", "[minibatch][tensor_file]") {
  SECTION("a tensor") {
    CHECK_THAT(message_of(archive_of(at::ones({3}))), ContainsSubstring("found a Tensor"));
  }
  SECTION("a number among the tensors") {
    c10::Dict<std::string, std::int64_t> numbers;
    numbers.insert("epoch", 3);
    CHECK_THAT(message_of(archive_of(numbers)), ContainsSubstring("found 'epoch' of type Int"));
  }
  SECTION("numbers for names") {
    c10::Dict<std::int64_t, at::Tensor> tensors;
    tensors.insert(1, at::ones({3}));
    CHECK_THAT(message_of(archive_of(tensors)), ContainsSubstring("found a key of type Int"));
  }
  SECTION("no pickle at all") {
    CHECK_THAT(message_of(with_record(archive_of(at::ones({1})), "data.pkl", std::nullopt)),
               ContainsSubstring("found an archive that cannot be read ("));
  }
  SECTION("a broken pickle") {
    CHECK_THAT(message_of(with_record(archive_of(at::ones({1})), "data.pkl", "\x80\x02}(X\x09")),
               ContainsSubstring("found an archive that cannot be read (data.pkl: found the end of "
                                 "the file, 1 byte on at byte 4, expected 4 more bytes)"));
  }
}

TEST_CASE("a tensor larger than its stored bytes is rejected, not read",
          "[minibatch][tensor_file]") {
  const std::string whole = archive_of_tensors({{"a", at::ones({100})}});
  CHECK_THAT(message_of(with_record(whole, "data/0", std::string(396, '\0'))),
             ContainsSubstring("found 'a', which reaches beyond its storage: the file is corrupt"));
  CHECK_THAT(message_of(with_record(whole, "data/0", std::nullopt)),
             ContainsSubstring("found an archive that cannot be read ("));
}

/// The pickle of {"a": a float tensor over `storage` elements, with this layout}.
std::string tensor_pickle(const std::string& storage_class, const std::string& elements,
                          const std::string& layout) {
  return "\x80\x02}X\x01\x00\x00\x00"
         "actorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00"
         "storagectorch\n"s +
         storage_class +
         "\nX\x01\x00\x00\x00"
         "0X\x03\x00\x00\x00"
         "cpu"s +
         elements + "tQ" + layout + "\x89}tRs.";
}

std::string archive_with(const std::string& pickle) {
  return with_record(archive_of_tensors({{"a", at::ones({6})}}), "data.pkl", pickle);
}

const std::string six = "K\x06";

TEST_CASE("tensors are placed in their storage as the file says", "[minibatch][tensor_file]") {
  const std::string column =
      archive_with(tensor_pickle("FloatStorage", six, "K\x01K\x02K\x02\x86K\x02K\x01\x86"));
  const auto tensors = parse_tensor_file(column, "some.pt");
  CHECK(tensors.at("a").sizes() == at::IntArrayRef{2, 2});
  CHECK(at::equal(tensors.at("a"), at::ones({2, 2})));
}

TEST_CASE("an OrderedDict, as state_dict() returns, is a dictionary", "[minibatch][tensor_file]") {
  std::string pickle = tensor_pickle("FloatStorage", six, "K\x00K\x06\x85K\x01\x85"s);
  pickle.replace(pickle.find('}'), 1, "ccollections\nOrderedDict\n)R");
  // Its attributes: {"_metadata": OrderedDict()}
  pickle.replace(pickle.size() - 1, 1, "}X\x09\0\0\0_metadataccollections\nOrderedDict\n)Rsb."s);
  const auto tensors = parse_tensor_file(archive_with(pickle), "some.pt");
  REQUIRE(tensors.size() == 1);
  CHECK(at::equal(tensors.at("a"), at::ones({6})));
}

TEST_CASE("weights are found in a checkpoint", "[minibatch][tensor_file]") {
  const std::string key = GENERATE("state_dict", "model_state_dict", "model", "net", "network");
  // {"epoch": 3, key: {"a": tensor}}
  const std::string inner = tensor_pickle("FloatStorage", six, "K\x00K\x06\x85K\x01\x85"s);
  const std::string pickle = "\x80\x02}(X\x05\0\0\0epochK\x03X"s + static_cast<char>(key.size()) +
                             "\0\0\0"s + key + inner.substr(2, inner.size() - 3) + "u.";
  const std::string file = archive_with(pickle);
  const auto weights = parse_weights_file(file, "some.pt");
  REQUIRE(weights.size() == 1);
  CHECK(at::equal(weights.at(key + ".a"), at::ones({6})));
  CHECK_THAT(message_of(file), ContainsSubstring("found 'epoch' of type Int"));
}

TEST_CASE("what a file says of a tensor is not believed", "[minibatch][tensor_file]") {
  const auto message = [](const std::string& storage_class, const std::string& layout) {
    return message_of(archive_with(tensor_pickle(storage_class, six, layout)));
  };
  const std::string beyond = "'a', which reaches beyond its storage: the file is corrupt";
  const std::string large = "\x8a\x06\x00\x00\x00\x00\x00\x01"s;  // 2^40
  CHECK_THAT(message("FloatStorage", "K\x00"s + large + "\x85K\x01\x85"),
             ContainsSubstring(beyond));
  CHECK_THAT(message("FloatStorage", "K\x05K\x02\x85K\x01\x85"), ContainsSubstring(beyond));
  CHECK_THAT(message("FloatStorage", "K\x00K\x02\x85"s + large + "\x85"),
             ContainsSubstring(beyond));
  CHECK_THAT(message("FloatStorage", "K\x00"s + large + large + "\x86" + large + large + "\x86"),
             ContainsSubstring(beyond));
  CHECK_THAT(message("FloatStorage", "J\xff\xff\xff\xffK\x02\x85K\x01\x85"),
             ContainsSubstring("'a', which has no valid shape"));
  CHECK_THAT(message("FloatStorage", "K\x00J\xff\xff\xff\xff\x85K\x01\x85"s),
             ContainsSubstring("'a', which has a negative size or stride"));
  CHECK_THAT(message("FloatStorage", "K\x00"s + large + "\x85K\x00\x85"s),
             ContainsSubstring("'a', which has several elements in one place"));
  CHECK_THAT(message("DoubleStorage", "K\x00K\x06\x85K\x01\x85"s), ContainsSubstring(beyond));
  CHECK_THAT(message("Storage", "K\x00K\x06\x85K\x01\x85"s),
             ContainsSubstring("'a', which has elements of the unknown type 'torch.Storage'"));
}

TEST_CASE("nothing in a file is run", "[minibatch][tensor_file]") {
  const test::TemporaryFolder folder;
  const std::string mark = (folder.path() / "mark").string();
  const std::string command = "touch " + mark;
  const std::string pickle =
      "\x80\x02}X\x01\x00\x00\x00"
      "acposix\nsystem\nX"s +
      static_cast<char>(command.size()) + "\x00\x00\x00"s + command + "\x85Rs.";
  CHECK_THAT(
      message_of(archive_with(pickle)),
      ContainsSubstring("found 'a', which is not a dense tensor but is made by 'posix.system'"));
  CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE("what many tensors share does not add up", "[minibatch][tensor_file]") {
  // A key of 1 MB, then the same again.
  const std::string tensor = tensor_pickle("FloatStorage", six, "K\x00K\x06\x85K\x01\x85"s);
  const std::size_t call = tensor.find("ctorch._utils");
  const std::string value = tensor.substr(call, tensor.size() - call - 2);
  const std::string key = "X" + "\x40\x42\x0f\0"s + std::string(1'000'000, 'k') + "q\0"s;
  CHECK_THAT(message_of(archive_with("\x80\x02}" + key + value + "sh\0"s + value + "s.")),
             ContainsSubstring("kkk...' twice"));
  std::string long_record = tensor;
  long_record.replace(long_record.find("X\x01\0\0\0"s + "0"), 6,
                      "X\x41\0\0\0"s + std::string(65, '0'));
  CHECK_THAT(message_of(archive_with(long_record)), ContainsSubstring("'a', which has no storage"));
}

TEST_CASE("archives that are not what they say are refused", "[minibatch][tensor_file]") {
  const std::string whole = archive_of_tensors({{"a", at::ones({6})}});
  const auto changed = [&](std::size_t from_entry, const std::string& bytes) {
    std::string archive = whole;
    archive.replace(archive.find("PK\x01\x02") + from_entry, bytes.size(), bytes);
    return message_of(archive);
  };
  CHECK_THAT(changed(10, "\x08"), ContainsSubstring("which is compressed or encrypted"));
  CHECK_THAT(changed(8, "\x01"), ContainsSubstring("which is compressed or encrypted"));
  CHECK_THAT(changed(20, "\xf0\xff\xff\x7f\xf0\xff\xff\x7f"),
             ContainsSubstring("which is larger than the file"));
  CHECK_THAT(changed(42, "\xf0\xff\xff\x7f"), ContainsSubstring("cut short"));
  CHECK_THAT(changed(28, "\xff\xff"), ContainsSubstring("a broken list of records"));
  std::string twice = whole;  // every record is at the place of the first, and as large as the file
  for (std::size_t entry = 0; (entry = twice.find("PK\x01\x02", entry)) != twice.npos; ++entry) {
    const auto size = static_cast<std::uint32_t>(whole.size());
    for (const std::size_t place : {20, 24})
      std::memcpy(twice.data() + entry + place, &size, sizeof size);
    std::memset(twice.data() + entry + 42, 0, 4);
  }
  CHECK_THAT(message_of(twice),
             ContainsSubstring("records that take more bytes than the file has"));
  std::string damaged = whole;
  damaged[damaged.find("\x80\x3f"s)] = '\x81';  // the first number
  CHECK_THAT(message_of(damaged), ContainsSubstring("the record 'data/0', which is damaged"));
  std::string large = whole;
  large.replace(large.rfind("PK\x05\x06") + 16, 4, "\xff\xff\xff\xff");
  CHECK_THAT(message_of(large), ContainsSubstring("an archive of more than 4 GiB"));
  CHECK_THAT(message_of("PK\x03\x04" + std::string(100'000, '\0')),
             ContainsSubstring("its end is missing"));
}

TEST_CASE("unsigned integers of any width are read as they were saved",
          "[minibatch][tensor_file][file]") {
  // What torch.save of PyTorch 2.3 or later writes for them.
  const auto saved = [](const at::Tensor& bits, const std::string& type) {
    const std::string program =
        "\x80\x02}(X\6\0\0\0labelsctorch._utils\n_rebuild_tensor_v3\n"
        "((X\7\0\0\0storagectorch.storage\nUntypedStorage\nX\1\0\0\0"s
        "0X\3\0\0\0cpuK\0tQK\0K\3\x85K\1\x85\x89"s
        "ccollections\nOrderedDict\n)Rctorch\n"s +
        type + "\ntRu.";
    return with_record(archive_of_tensors({{"labels", bits}}), "data.pkl", program);
  };
  const auto loaded = [&](const at::Tensor& bits, const std::string& type) {
    return parse_tensor_file(saved(bits, type), "labels.pt").at("labels");
  };
  const at::Tensor bits = at::tensor({0, 7, -1}, at::kLong);
  const auto expected = [](std::int64_t most) {
    return at::tensor({std::int64_t{0}, std::int64_t{7}, most}, at::kLong);
  };
  CHECK(at::equal(loaded(bits.to(at::kShort), "uint16"), expected(65535)));
  CHECK(at::equal(loaded(bits.to(at::kInt), "uint32"), expected(4294967295)));
  CHECK(at::equal(loaded(bits.abs(), "uint64"), expected(1)));
  CHECK_THAT(test::message_of<DataError>([&] { loaded(bits, "uint64"); }),
             ContainsSubstring("'labels', which has an integer above 2^63 - 1"));
  CHECK_THAT(test::message_of<DataError>([&] { loaded(bits, "float8_e4m3fn"); }),
             ContainsSubstring("unknown type 'torch.float8_e4m3fn'"));
  CHECK_THAT(
      test::message_of<DataError>([&] { loaded(bits.slice(0, 0, 2).to(at::kShort), "uint16"); }),
      ContainsSubstring("reaches beyond its storage"));
}

}  // namespace
}  // namespace wrcor
