#include "data/binary_records.h"

#include <set>
#include <vector>

#include "support/catch.h"
#include "support/shared.h"
#include "unit/data/fixtures.h"
#include "unit/data/log_capture.h"

namespace wrcor {
namespace {

using test::EnvironmentVariable;
using test::LogCapture;
using test::message_of;
using test::TemporaryFolder;

constexpr std::size_t pixel_bytes = 3072;

/// Labels, then pixels that count up from `first` (modulo 256).
std::string record(const std::vector<int>& labels, int first = 0) {
  std::string bytes;
  for (int label : labels) bytes += static_cast<char>(label);
  for (std::size_t i = 0; i < pixel_bytes; ++i) {
    bytes += static_cast<char>(static_cast<std::size_t>(first) + i);
  }
  return bytes;
}

std::string message_of_cifar10(const std::filesystem::path& root) {
  return message_of<DataError>([&] { make_cifar10({root.string()}); });
}

std::string message_of_cifar100(const std::filesystem::path& root) {
  return message_of<DataError>([&] { make_cifar100({root.string()}); });
}

TEST_CASE("CIFAR-10 reads the batch files that exist, in order", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.write("data_batch_2.bin", record({7}, 2));
  folder.write("data_batch_1.bin", record({3}, 0) + record({9}, 1));
  const auto dataset = make_cifar10({folder.path().string()});
  REQUIRE(dataset->size() == 3);
  std::vector<std::uint8_t> pixels(pixel_bytes);
  std::vector<int> labels;
  for (std::int64_t i = 0; i < 3; ++i) {
    labels.push_back(dataset->read(i, pixels));
    CHECK(pixels.front() == i);
    CHECK(pixels.back() == (3071 + i) % 256);
  }
  CHECK(labels == std::vector<int>{3, 9, 7});
}

TEST_CASE("CIFAR-100's label is the fine one", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.write("train.bin", record({19, 99}, 5) + record({0, 42}, 6));
  const auto dataset = make_cifar100({folder.path().string()});
  REQUIRE(dataset->size() == 2);
  std::vector<std::uint8_t> pixels(pixel_bytes);
  CHECK(dataset->read(0, pixels) == 99);
  CHECK(pixels[0] == 5);
  CHECK(dataset->read(1, pixels) == 42);
  CHECK(pixels[1] == 7);
}

TEST_CASE("ImageNet16-120 has one label byte and 16x16 pixels", "[data][imagenet16]") {
  const TemporaryFolder folder;
  const std::string pixels_of_one(3 * 16 * 16, '\x05');
  folder.write("imagenet16_120.bin", std::string(1, '\x77') + pixels_of_one);
  const auto dataset = make_imagenet16({folder.path().string()});
  REQUIRE(dataset->size() == 1);
  CHECK(dataset->info().classes == 120);
  CHECK(dataset->info().crop_padding == 2);
  std::vector<std::uint8_t> pixels(pixels_of_one.size());
  CHECK(dataset->read(0, pixels) == 119);
  CHECK(pixels.back() == 5);
  folder.write("imagenet16_120.bin", std::string(1, '\x78') + pixels_of_one);
  CHECK_THROWS_AS(make_imagenet16({folder.path().string()}), DataError);
}

TEST_CASE("CIFAR has the published sizes and statistics", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.write("data_batch_1.bin", record({0}));
  folder.write("train.bin", record({0, 0}));
  const DatasetInfo ten = make_cifar10({folder.path().string()})->info();
  CHECK(ten.name == "cifar10");
  CHECK(ten.classes == 10);
  CHECK(ten.image == FeatureShape{3, 32, 32});
  CHECK(ten.crop_padding == 4);
  CHECK(ten.normalisation.mean == std::array<float, 3>{125.3f, 123.0f, 113.9f});
  CHECK(ten.normalisation.deviation == std::array<float, 3>{63.0f, 62.1f, 66.7f});
  const DatasetInfo hundred = make_cifar100({folder.path().string()})->info();
  CHECK(hundred.name == "cifar100");
  CHECK(hundred.classes == 100);
  CHECK(hundred.normalisation.mean == std::array<float, 3>{129.3f, 124.1f, 112.4f});
  CHECK(hundred.normalisation.deviation == std::array<float, 3>{68.2f, 65.4f, 70.4f});
}

TEST_CASE("CIFAR is found in the root, the archive's folder or the short folder", "[data][cifar]") {
  const std::string inside = GENERATE("", "cifar-10-batches-bin", "cifar10");
  const TemporaryFolder folder;
  folder.write(std::filesystem::path(inside) / "data_batch_4.bin", record({1}));
  CHECK(make_cifar10({folder.path().string()})->size() == 1);
}

TEST_CASE("CIFAR is looked for in the root first, then in the cache folder", "[data][cifar]") {
  const TemporaryFolder root, cache;
  const EnvironmentVariable variable("WRCOR_DATA", cache.path().c_str());
  cache.write("cifar-100-binary/train.bin", record({0, 0}) + record({1, 1}));
  CHECK(make_cifar100({})->size() == 2);
  CHECK(make_cifar100({root.path().string()})->size() == 2);
  root.write("cifar100/train.bin", record({2, 2}));
  CHECK(make_cifar100({root.path().string()})->size() == 1);
}

TEST_CASE("missing CIFAR names the folders, the file and the remedy", "[data][cifar]") {
  const TemporaryFolder root, cache;
  const EnvironmentVariable variable("WRCOR_DATA", cache.path().c_str());
  const std::string message = message_of_cifar10(root.path());
  for (const TemporaryFolder* folder : {&root, &cache}) {
    for (const char* inside : {"", "/cifar-10-batches-bin", "/cifar10"}) {
      CHECK_THAT(message, ContainsSubstring(folder->path().string() + inside));
    }
  }
  CHECK_THAT(message, ContainsSubstring("data_batch_1.bin is missing; 'wrcor data fetch cifar10'"));
  CHECK_THAT(message, ContainsSubstring("--data synthetic"));
  CHECK_THAT(message_of_cifar100(root.path()), ContainsSubstring("train.bin is missing"));
}

TEST_CASE("CIFAR without any folder to look in says how to name one", "[data][cifar]") {
  const EnvironmentVariable own("WRCOR_DATA", nullptr), cache("XDG_CACHE_HOME", nullptr),
      home("HOME", nullptr);
  CHECK_THAT(message_of_cifar10(""), ContainsSubstring("WRCOR_DATA"));
}

TEST_CASE("a CIFAR file of the wrong size is named with byte, found and expected",
          "[data][cifar]") {
  const TemporaryFolder folder;
  SECTION("cut short") {
    folder.write("data_batch_1.bin", record({1}) + record({2}).substr(0, 100));
    CHECK_THAT(message_of_cifar10(folder.path()),
               EndsWith("data_batch_1.bin: truncated: the record at byte 3073 has "
                        "100 bytes, expected 3073"));
  }
  SECTION("empty") {
    folder.write("data_batch_1.bin", record({1}));
    folder.write("data_batch_3.bin", "");
    CHECK_THAT(message_of_cifar10(folder.path()),
               EndsWith("data_batch_3.bin: found an empty file, expected records of 3073 bytes"));
  }
  SECTION("longer than the official file") {
    const auto batch = folder.write("data_batch_1.bin", "");
    std::filesystem::resize_file(batch, 10'001 * 3073);
    CHECK_THAT(message_of_cifar10(folder.path()),
               ContainsSubstring("found 30733073 bytes, expected the file to end at byte "
                                 "30730000, after 10000 records of 3073 bytes"));
    const auto train = folder.write("train.bin", "");
    std::filesystem::resize_file(train, 50'000 * 3074 + 1);
    CHECK_THAT(message_of_cifar100(folder.path()),
               ContainsSubstring("expected the file to end at byte 153700000"));
  }
  SECTION("a folder in place of the file") {
    std::filesystem::create_directories(folder.path() / "data_batch_1.bin");
    CHECK_THAT(message_of_cifar10(folder.path()), ContainsSubstring("cannot read"));
  }
}

TEST_CASE("a CIFAR label out of range is named with byte, found and expected", "[data][cifar]") {
  const TemporaryFolder folder;
  SECTION("CIFAR-10") {
    folder.write("data_batch_1.bin", record({9}) + record({10}));
    CHECK_THAT(message_of_cifar10(folder.path()),
               EndsWith("data_batch_1.bin: found label 10 at byte 3073, expected 0 to 9"));
  }
  SECTION("CIFAR-100, coarse") {
    folder.write("train.bin", record({0, 0}) + record({20, 0}));
    CHECK_THAT(message_of_cifar100(folder.path()),
               EndsWith("train.bin: found coarse label 20 at byte 3074, expected 0 to 19"));
  }
  SECTION("CIFAR-100, fine") {
    folder.write("train.bin", record({0, 200}));
    CHECK_THAT(message_of_cifar100(folder.path()),
               EndsWith("train.bin: found fine label 200 at byte 1, expected 0 to 99"));
  }
}

TEST_CASE("a part of CIFAR is legal, and said once", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.write("data_batch_1.bin", record({1}) + record({2}));
  const LogCapture log;
  make_cifar10({folder.path().string()});
  CHECK(log.text() ==
        "info: cifar10: 2 of 50000 training images in " + folder.path().string() + "\n");
}

TEST_CASE("the real CIFAR-10 subset has CIFAR-10's statistics", "[data][cifar]") {
  WRCOR_REQUIRE_SHARED(file, "data/cifar10/data_batch_1.bin");
  const auto dataset = make_cifar10({file.parent_path().string()});
  REQUIRE(dataset->size() == 4000);
  std::vector<std::uint8_t> pixels(pixel_bytes);
  CHECK(dataset->read(0, pixels) == 6);  // the first training image is a frog
  std::array<double, 3> sum{};
  for (std::int64_t i = 0; i < dataset->size(); ++i) {
    dataset->read(i, pixels);
    for (std::size_t k = 0; k < pixel_bytes; ++k) sum[k / 1024] += pixels[k];
  }
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(sum[c] / 1024 / 4000 == Approx(dataset->info().normalisation.mean[c]).margin(1.0));
  }
}

TEST_CASE("the real CIFAR-100 subset holds every class", "[data][cifar]") {
  WRCOR_REQUIRE_SHARED(file, "data/cifar100/train.bin");
  const auto dataset = make_cifar100({file.parent_path().string()});
  REQUIRE(dataset->size() == 5000);
  std::vector<std::uint8_t> pixels(pixel_bytes);
  std::set<int> first_hundred;
  for (std::int64_t i = 0; i < 100; ++i) first_hundred.insert(dataset->read(i, pixels));
  CHECK(first_hundred.size() == 100);
}

}  // namespace
}  // namespace wrcor
