// The test images of each data set.
#include <set>
#include <vector>

#include "data/binary_records.h"
#include "data/image_folder.h"
#include "data/synthetic.h"
#include "unit/data/fixtures.h"
#include "wrcor/data/builtin.h"

namespace wrcor {
namespace {

using test::EnvironmentVariable;
using test::message_of;
using test::TemporaryFolder;

DatasetOptions test_split(const TemporaryFolder& folder) {
  DatasetOptions options;
  options.root = folder.path().string();
  options.split = Split::test;
  return options;
}

std::string record(const std::string& labels, std::size_t pixels) {
  return labels + std::string(pixels, '\7');
}

int first_label(const Dataset& dataset) {
  const FeatureShape& shape = dataset.info().image;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(3 * shape.height * shape.width));
  return dataset.read(0, pixels);
}

TEST_CASE("data sets of records have their test images in files of their own", "[data][split]") {
  const TemporaryFolder folder;
  folder.write("data_batch_1.bin", record("\1", 3072) + record("\1", 3072));
  folder.write("test_batch.bin", record("\2", 3072));
  folder.write("train.bin", record("\1\3", 3072) + record("\1\3", 3072));
  folder.write("test.bin", record("\1\4", 3072));
  folder.write("imagenet16_120.bin", record("\5", 768) + record("\5", 768));
  folder.write("imagenet16_120_test.bin", record("\6", 768));
  const DatasetOptions options = test_split(folder);
  const auto cifar10 = make_cifar10(options), cifar100 = make_cifar100(options),
             imagenet16 = make_imagenet16(options);
  CHECK(cifar10->size() == 1);
  CHECK(first_label(*cifar10) == 2);
  CHECK(cifar100->size() == 1);
  CHECK(first_label(*cifar100) == 4);
  CHECK(imagenet16->size() == 1);
  CHECK(first_label(*imagenet16) == 6);
}

TEST_CASE("test images that are missing can be held out instead", "[data][split]") {
  const EnvironmentVariable own("WRCOR_DATA", "/nowhere");
  const TemporaryFolder folder;
  folder.write("data_batch_1.bin", record("\1", 3072));
  const std::string message =
      message_of<MissingDataError>([&] { make_cifar10(test_split(folder)); });
  CHECK_THAT(message,
             ContainsSubstring("no test images of CIFAR-10 in " + folder.path().string()) &&
                 ContainsSubstring("test_batch.bin is missing; 'wrcor data fetch") &&
                 ContainsSubstring("--holdout 0.1"));
}

TEST_CASE("the archives of CIFAR are unpacked with their test images", "[data][split]") {
  for (const auto& [source, member, bytes] :
       {std::tuple{cifar10_source(), "cifar-10-batches-bin/test_batch.bin", 30'730'000U},
        std::tuple{cifar100_source(), "cifar-100-binary/test.bin", 30'740'000U}}) {
    CHECK(source.members.back().path == member);
    CHECK(source.members.back().bytes == bytes);
  }
}

TEST_CASE("synthetic test images are others, of the same kind", "[data][split]") {
  const auto training = make_synthetic(), tests = make_synthetic(0, Split::test);
  CHECK(tests->size() == 10'000);
  std::vector<std::uint8_t> one(3072), other(3072);
  std::set<int> labels;
  for (std::int64_t k = 0; k < 50; ++k) {
    training->read(k, one);
    labels.insert(tests->read(k, other));
    CHECK(one != other);
  }
  CHECK(labels.size() == 10);
  tests->read(0, one);
  make_synthetic(0, Split::test)->read(0, other);
  CHECK(one == other);
}

TEST_CASE("a folder's test images lie in another folder, with the same classes", "[data][split]") {
  const TemporaryFolder folder;
  for (const char* image :
       {"train/cat/a.png", "train/cat/b.png", "train/dog/a.png", "test/cat/c.png", "test/dog/c.png",
        "other/cat/c.png", "other/fox/c.png"})
    folder.write(image, "");
  DatasetOptions options;
  options.root = (folder.path() / "train").string();
  options.split = Split::test;
  CHECK_THAT(
      message_of<UsageError>([&] { make_image_folder(options); }),
      ContainsSubstring("does not have its own test images: name their folder with --test-root") &&
          ContainsSubstring("--holdout 0.1"));
  options.test_root = (folder.path() / "test").string();
  CHECK(make_image_folder(options)->size() == 2);
  options.split = Split::training;
  CHECK(make_image_folder(options)->size() == 3);
  options.split = Split::test;
  options.test_root = (folder.path() / "other").string();
  CHECK_THAT(message_of<DataError>([&] { make_image_folder(options); }),
             ContainsSubstring("other: found the classes cat, fox, expected those of ") &&
                 ContainsSubstring("train: cat, dog"));
}

TEST_CASE("no other data set takes a test root", "[data][split]") {
  DatasetOptions options;
  options.split = Split::test;
  options.test_root = "elsewhere";
  CHECK(message_of<UsageError>([&] { datasets().find("synthetic").value.open(options); }) ==
        "synthetic has its own test images, so --test-root cannot be 'elsewhere'; only --data "
        "folder takes it");
}

}  // namespace
}  // namespace wrcor
