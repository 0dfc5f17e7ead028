#include "wrcor/data/tensor_file.h"

#include "support/catch.h"
#include "support/shared.h"
#include "unit/data/archives.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using test::archive_of;
using test::archive_of_tensors;
using test::ContainsSubstring;
using test::TemporaryFolder;
using test::with_record;

/// Message of reading a file with this content; checked to be one line.
std::string message_of(std::string_view content) {
  const TemporaryFolder folder;
  const auto file = folder.write("some.pt", content);
  const auto message = test::message_of<DataError>([&] { load_tensor_file(file); });
  CHECK_THAT(message, ContainsSubstring("some.pt: found "));
  CHECK(message.find('\n') == std::string::npos);
  return message;
}

TEST_CASE("tensors come back with name, shape, type and values", "[data][tensor_file]") {
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

TEST_CASE("state dicts written by Python are read", "[data][tensor_file]") {
  WRCOR_REQUIRE_SHARED(file, "golden/nb201_small/arch1835.pt");
  const auto tensors = load_tensor_file(file);
  std::int64_t scalars = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name.ends_with("weight") || name.ends_with("bias")) scalars += tensor.numel();
  }
  CHECK(scalars == 4894);  // "params" of this network in golden.json
}

TEST_CASE("files that are no archive are told apart", "[data][tensor_file]") {
  const std::string whole = archive_of_tensors({{"a", at::ones({3})}});
  CHECK_THAT(message_of(""), ContainsSubstring("found an empty file, expected a dictionary"));
  CHECK_THAT(message_of("\x80\x02}q."),
             ContainsSubstring("found no zip archive, expected a dictionary"));
  CHECK_THAT(message_of(whole.substr(0, whole.size() - 30)),
             ContainsSubstring("found an archive that cannot be read ("));
  const TemporaryFolder folder;
  for (const auto& path : {folder.path() / "absent.pt", folder.path()}) {
    CHECK_THAT(test::message_of<DataError>([&] { load_tensor_file(path); }),
               ContainsSubstring("cannot read '" + path.string() + "'"));
  }
}

TEST_CASE("an archive must hold a plain dictionary of tensors", "[data][tensor_file]") {
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
  SECTION("an OrderedDict, as state_dict() returns") {
    const std::string pickle =
        "\x80\x02"
        "ccollections\nOrderedDict\nq\x01)Rq\x02.";
    CHECK_THAT(message_of(with_record(archive_of(at::ones({1})), "data.pkl", pickle)),
               ContainsSubstring("found an OrderedDict, expected a dictionary") &&
                   ContainsSubstring("; save it as a plain one: torch.save(dict(d), file)"));
  }
  SECTION("no pickle at all") {
    CHECK_THAT(message_of(with_record(archive_of(at::ones({1})), "data.pkl", std::nullopt)),
               ContainsSubstring("found an archive that cannot be read ("));
  }
  SECTION("a broken pickle") {
    CHECK_THAT(message_of(with_record(archive_of(at::ones({1})), "data.pkl", "\x80\x02}(X\x09")),
               ContainsSubstring("found an archive that cannot be read ("));
  }
}

TEST_CASE("a tensor larger than its stored bytes is rejected, not read", "[data][tensor_file]") {
  const std::string whole = archive_of_tensors({{"a", at::ones({100})}});
  CHECK_THAT(message_of(with_record(whole, "data/0", std::string(396, '\0'))),
             ContainsSubstring("found 'a', which reaches beyond its storage: the file is corrupt"));
  CHECK_THAT(message_of(with_record(whole, "data/0", std::nullopt)),
             ContainsSubstring("found an archive that cannot be read ("));
}

}  // namespace
}  // namespace wrcor
