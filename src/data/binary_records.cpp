#include "data/binary_records.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/counted.h"
#include "core/file.h"
#include "data/cache_folder.h"
#include "data/image_pickle.h"
#include "wrcor/core/error.h"
#include "wrcor/core/log.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;

/// One label byte in front of the pixels of a record.
struct LabelByte {
  std::string what;
  int classes;
};

/// The splits of the data sets differ in this only.
struct Layout {
  std::string title;
  std::vector<std::string> folders;  ///< below a root, after the root itself
  std::vector<std::string> files;
  std::size_t records_per_file;
  std::vector<LabelByte> labels;       ///< the last one is the class
  std::string remedy;                  ///< what to do when files are missing
  int side = 32;                       ///< pixels
  const DataSource* source = nullptr;  ///< null: it cannot be fetched
  /// The same images as published for Python; read in folders that have none of `files`.
  std::vector<std::string> pickles{};
  const PickledImages* pickle = nullptr;  ///< their content
  Split split = Split::training;

  std::size_t record_bytes() const {
    return labels.size() + static_cast<std::size_t>(3 * side * side);
  }
};

std::vector<fs::path> folders_to_search(const Layout& layout, const std::string& given) {
  std::vector<fs::path> folders;
  for (const fs::path& root : {fs::path(given), cache_folder()}) {
    if (root.empty()) continue;
    folders.push_back(root);
    for (const std::string& folder : layout.folders) folders.push_back(root / folder);
  }
  return folders;
}

std::vector<fs::path> existing(const fs::path& folder, const std::vector<std::string>& files) {
  std::vector<fs::path> found;
  for (const std::string& file : files) {
    std::error_code unreadable;  // counts as missing, so that the other folders are tried
    if (fs::exists(folder / file, unreadable)) found.push_back(folder / file);
  }
  return found;
}

std::vector<fs::path> files_in(const Layout& layout, const fs::path& folder) {
  if (auto found = existing(folder, layout.files); !found.empty()) return found;
  auto pickles = existing(folder, layout.pickles);
  std::error_code unknown;  // a folder of images may be called `train`, too
  std::erase_if(pickles, [&](const fs::path& file) { return fs::is_directory(file, unknown); });
  return pickles;
}

std::vector<fs::path> find_files(const Layout& layout, const std::string& given) {
  for (const fs::path& folder : folders_to_search(layout, given)) {
    if (auto found = files_in(layout, folder); !found.empty()) return found;
  }
  return {};
}

[[noreturn]] void fail_to_find(const Layout& layout, const std::string& given) {
  std::vector<std::string> searched;
  for (const fs::path& folder : folders_to_search(layout, given)) {
    searched.push_back(folder.string());
  }
  if (searched.empty()) {
    throw MissingDataError(
        "no folder to look for " + layout.title +
        " in; name one with --data-root or the environment variable WRCOR_DATA, or use "
        "--data synthetic");
  }
  const bool test = layout.split == Split::test;
  throw MissingDataError("no " + std::string(test ? "test images of " : "") + layout.title +
                         " in " + join(searched) + ": " + layout.files.front() + " is missing; " +
                         layout.remedy +
                         (test ? ", or keep some of the training images for the test with "
                                 "--holdout 0.1"
                               : ", or use --data synthetic"));
}

std::vector<fs::path> find_or_fetch_files(const Layout& layout, const DatasetOptions& options) {
  std::vector<fs::path> files = find_files(layout, options.root);
  if (files.empty() && layout.source != nullptr && options.fetch && options.root.empty()) {
    options.fetch(*layout.source);
    files = find_files(layout, options.root);
  }
  if (files.empty()) fail_to_find(layout, options.root);
  return files;
}

void check_size(const Layout& layout, const fs::path& file, std::uintmax_t bytes) {
  const std::size_t record = layout.record_bytes();
  if (bytes == 0) {
    throw DataError(file.string() + ": found an empty file, expected records of " +
                    counted(record, "byte"));
  }
  const std::size_t longest = layout.records_per_file * record;
  if (bytes > longest) {
    throw DataError(file.string() + ": found " + counted(bytes, "byte") +
                    ", expected the file to end at byte " + std::to_string(longest) + ", after " +
                    std::to_string(layout.records_per_file) + " records of " +
                    std::to_string(record) + " bytes");
  }
  if (bytes % record != 0) {
    throw DataError(file.string() + ": truncated: the record at byte " +
                    std::to_string(bytes - bytes % record) + " has " +
                    counted(bytes % record, "byte") + ", expected " + std::to_string(record));
  }
}

void check_labels(const Layout& layout, const fs::path& file, std::string_view content) {
  for (std::size_t start = 0; start < content.size(); start += layout.record_bytes()) {
    for (std::size_t k = 0; k < layout.labels.size(); ++k) {
      const int label = static_cast<unsigned char>(content[start + k]);
      if (label < layout.labels[k].classes) continue;
      throw DataError(file.string() + ": found " + layout.labels[k].what + " " +
                      std::to_string(label) + " at byte " + std::to_string(start + k) +
                      ", expected 0 to " + std::to_string(layout.labels[k].classes - 1));
    }
  }
}

std::string read_records(const Layout& layout, const fs::path& file) {
  if (std::ranges::find(layout.pickles, file.filename().string()) != layout.pickles.end()) {
    return parse_image_pickle(read_file(file), file.string(), *layout.pickle);
  }
  std::error_code no_size;  // not a regular file: reading it reports why
  if (const auto bytes = fs::file_size(file, no_size); !no_size) check_size(layout, file, bytes);
  std::string content = read_file(file);
  check_size(layout, file, content.size());
  check_labels(layout, file, content);
  return content;
}

/// @param name  of the data set, as registered
std::string fetch_remedy(const std::string& name) {
  return "'wrcor data fetch " + name +
         "' puts it into the cache folder (nothing is downloaded into a folder that --data-root "
         "names)";
}

class BinaryRecords final : public Dataset {
 public:
  BinaryRecords(DatasetInfo common, const Layout& layout, const DatasetOptions& options)
      : Dataset(std::move(common), find_or_fetch_files(layout, options)),
        label_bytes_(layout.labels.size()),
        record_bytes_(layout.record_bytes()) {
    for (const fs::path& file : files()) records_ += read_records(layout, file);
    if (records_.empty()) {
      throw DataError("no image of " + layout.title + " in " + files().front().string() +
                      " and the files next to it");
    }
    const std::size_t official = layout.files.size() * layout.records_per_file;
    const std::string folder = files().front().parent_path().string();
    const char* split = layout.split == Split::test ? "test" : "training";
    if (records_.size() < official * record_bytes_) {
      spdlog::info("{}: {} of {} {} images in {}", info().name, size(), official, split, folder);
    } else {
      spdlog::debug("{}: {} {} images in {}", info().name, size(), split, folder);
    }
  }

  std::int64_t size() const override {
    return static_cast<std::int64_t>(records_.size() / record_bytes_);
  }

  int read(std::int64_t index, std::span<std::uint8_t> pixels) const override {
    const auto record = std::string_view(records_).substr(
        static_cast<std::size_t>(index) * record_bytes_, record_bytes_);
    std::ranges::copy(record.substr(label_bytes_), pixels.begin());
    return static_cast<unsigned char>(record[label_bytes_ - 1]);
  }

 private:
  std::size_t label_bytes_;
  std::size_t record_bytes_;
  std::string records_;  ///< of all files, one after the other
};

constexpr const char* cifar_base = "https://www.cs.toronto.edu/~kriz";

}  // namespace

const DatasetInfo& cifar10_info() {
  static const DatasetInfo info{.name = "cifar10",
                                .classes = 10,
                                .image = {3, 32, 32},
                                .normalisation = {{125.3f, 123.0f, 113.9f}, {63.0f, 62.1f, 66.7f}},
                                .crop_padding = 4};
  return info;
}

const DataSource& cifar10_source() {
  static const DataSource source = [] {
    DataSource cifar10{.title = "CIFAR-10",
                       .base = cifar_base,
                       .archive = "cifar-10-binary.tar.gz",
                       .bytes = 170'052'171,
                       .sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                       .folder = "cifar-10-batches-bin",
                       .members = {}};
    for (const char* number : {"1", "2", "3", "4", "5"}) {
      cifar10.members.push_back({cifar10.folder + "/data_batch_" + number + ".bin", 10'000 * 3073});
    }
    cifar10.members.push_back({cifar10.folder + "/test_batch.bin", 10'000 * 3073});
    return cifar10;
  }();
  return source;
}

std::unique_ptr<Dataset> make_cifar10(const DatasetOptions& options) {
  Layout layout{.title = "CIFAR-10",
                .folders = {"cifar-10-batches-bin", "cifar-10-batches-py", "cifar10"},
                .files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                          "data_batch_4.bin", "data_batch_5.bin"},
                .records_per_file = 10'000,
                .labels = {{"label", 10}},
                .remedy = fetch_remedy("cifar10"),
                .source = &cifar10_source(),
                .pickle = &cifar10_pickle(),
                .split = options.split};
  if (options.split == Split::test) layout.files = {"test_batch.bin"};
  for (const std::string& file : layout.files)
    layout.pickles.push_back(fs::path(file).stem().string());
  return std::make_unique<BinaryRecords>(cifar10_info(), layout, options);
}

const DatasetInfo& cifar100_info() {
  static const DatasetInfo info{.name = "cifar100",
                                .classes = 100,
                                .image = {3, 32, 32},
                                .normalisation = {{129.3f, 124.1f, 112.4f}, {68.2f, 65.4f, 70.4f}},
                                .crop_padding = 4};
  return info;
}

const DataSource& cifar100_source() {
  static const DataSource source{
      .title = "CIFAR-100",
      .base = cifar_base,
      .archive = "cifar-100-binary.tar.gz",
      .bytes = 168'513'733,
      .sha256 = "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
      .folder = "cifar-100-binary",
      .members = {{"cifar-100-binary/train.bin", 50'000 * 3074},
                  {"cifar-100-binary/test.bin", 10'000 * 3074}}};
  return source;
}

std::unique_ptr<Dataset> make_cifar100(const DatasetOptions& options) {
  const bool test = options.split == Split::test;
  const Layout layout{.title = "CIFAR-100",
                      .folders = {"cifar-100-binary", "cifar-100-python", "cifar100"},
                      .files = {test ? "test.bin" : "train.bin"},
                      .records_per_file = test ? 10'000U : 50'000U,
                      .labels = {{"coarse label", 20}, {"fine label", 100}},
                      .remedy = fetch_remedy("cifar100"),
                      .source = &cifar100_source(),
                      .pickles = {test ? "test" : "train"},
                      .pickle = &cifar100_pickle(),
                      .split = options.split};
  return std::make_unique<BinaryRecords>(cifar100_info(), layout, options);
}

const DatasetInfo& imagenet16_info() {
  static const DatasetInfo info{
      .name = "imagenet16",
      .classes = 120,
      .image = {3, 16, 16},
      .normalisation = {{122.68f, 116.66f, 104.01f}, {63.22f, 61.26f, 65.09f}},
      .crop_padding = 2};
  return info;
}

std::string imagenet16_origin() {
  return "name a folder with --data-root that has it, 769 bytes an image: the label, 0 to 119, "
         "then 256 red, 256 green and 256 blue pixels; or one with the published "
         "train_data_batch_1 to train_data_batch_10";
}

std::unique_ptr<Dataset> make_imagenet16(const DatasetOptions& options) {
  Layout layout{.title = "ImageNet16-120",
                .folders = {"imagenet16", "ImageNet16"},
                .files = {"imagenet16_120.bin"},
                .records_per_file = 151'700,
                .labels = {{"label", 120}},
                .remedy = imagenet16_origin(),
                .side = 16,
                .pickle = &imagenet16_pickle(),
                .split = options.split};
  for (int k = 1; k <= 10; ++k) {
    layout.pickles.push_back("train_data_batch_" + std::to_string(k));
  }
  if (options.split == Split::test) {
    layout.files = {"imagenet16_120_test.bin"};
    layout.records_per_file = 6'000;
    layout.remedy =
        "name a folder with --data-root that has it, laid out as imagenet16_120.bin, "
        "or the published val_data";
    layout.pickles = {"val_data"};
  }
  return std::make_unique<BinaryRecords>(imagenet16_info(), layout, options);
}

}  // namespace wrcor
