#include "data/image_folder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <vector>

#include "core/counted.h"
#include "core/file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/log.h"
#include "wrcor/core/registry.h"
#include "wrcor/data/image_file.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;

constexpr ImageSize default_size{32, 32};
constexpr std::uintmax_t largest_file = 256 << 20;

/// Names in a folder that are not hidden, in the order of their bytes.
struct Listing {
  std::vector<std::string> folders;
  std::vector<std::string> files;  ///< and everything else that is not a folder
};

Listing list(const fs::path& folder) {
  Listing listing;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code unreadable;  // a broken link: reading it reports the error
    (entry->is_directory(unreadable) ? listing.folders : listing.files).push_back(std::move(name));
  }
  if (failure) {
    throw DataError("cannot list " + in_quotes(folder.string()) + ": " + failure.message());
  }
  std::ranges::sort(listing.folders);
  std::ranges::sort(listing.files);
  return listing;
}

/// The first classes, for a message.
std::string shown(std::vector<std::string> classes) {
  constexpr std::size_t most = 10;
  const std::size_t hidden = classes.size() - std::min(classes.size(), most);
  classes.resize(classes.size() - hidden);
  return join(classes) + (hidden > 0 ? " and " + std::to_string(hidden) + " more" : "");
}

Listing list_root(const DatasetOptions& options) {
  if (options.root.empty()) {
    throw UsageError(
        "the data set 'folder' needs --data-root: a folder that has a folder of images for each "
        "class");
  }
  Listing listing = list(options.root);
  if (listing.folders.size() < 2) {
    throw DataError(options.root + ": found " + counted(listing.folders.size(), "folder") +
                    ", expected two or more, one for each class, with the images in them");
  }
  return listing;
}

/// @param training  what the root holds
Listing list_test_root(const DatasetOptions& options, const Listing& training) {
  if (options.test_root.empty()) {
    throw UsageError(
        "the data set 'folder' does not have its own test images: name their folder with "
        "--test-root, or keep some of the training images for the test with --holdout 0.1");
  }
  Listing test = list(options.test_root);
  if (test.folders != training.folders) {
    throw DataError(options.test_root + ": found the classes " + shown(test.folders) +
                    ", expected those of " + options.root + ": " + shown(training.folders));
  }
  return test;
}

/// Refuses a name that only looks like an image, such as a named pipe, whether it will be drawn or
/// not.
void require_file(const fs::path& path) {
  std::error_code unreadable;  // reading it reports the error
  const fs::file_status status = fs::status(path, unreadable);
  if (fs::exists(status) && !fs::is_regular_file(status)) open_to_read(path);
}

bool has_image_suffix(const std::string& name) {
  std::string suffix = fs::path(name).extension().string();
  for (char& letter : suffix) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return suffix == ".png" || suffix == ".jpg" || suffix == ".jpeg";
}

DatasetInfo make_info(int classes, const DatasetOptions& options) {
  const ImageSize size = options.image_size.value_or(default_size);
  // The usual statistics of ImageNet: (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225) of 255.
  return {.name = "folder",
          .classes = classes,
          .image = {3, size.height, size.width},
          .normalisation = {{123.675f, 116.28f, 103.53f}, {58.395f, 57.12f, 57.375f}},
          .crop_padding = std::min(size.height, size.width) / 8};
}

/// One class: the names of its images and the place of the first one in the data set.
struct ImageClass {
  fs::path folder;
  std::vector<std::string> images;
  std::int64_t start = 0;
};

class ImageFolder final : public Dataset {
 public:
  /// @param root  what lies in `folder`
  ImageFolder(const std::string& folder, const Listing& root, const DatasetOptions& options)
      : Dataset(make_info(static_cast<int>(root.folders.size()), options)), fit_(options.fit) {
    if (!root.files.empty()) {
      spdlog::warn(
          "{}: ignoring what lies beside the folders of the classes: {} in all, such as {}", folder,
          root.files.size(), in_quotes(root.files.front()));
    }
    std::vector<std::string> ignored;
    for (const std::string& name : root.folders) add_class(fs::path(folder) / name, ignored);
    if (!ignored.empty()) {
      spdlog::warn(
          "{}: ignoring what is not a PNG or JPEG file by its suffix: {} in all, such as {}",
          folder, ignored.size(), in_quotes(ignored.front()));
    }
  }

  std::int64_t size() const override { return size_; }

  int read(std::int64_t index, std::span<std::uint8_t> pixels) const override {
    const auto after = std::ranges::upper_bound(classes_, index, {}, &ImageClass::start);
    const ImageClass& its = *std::prev(after);
    const fs::path file = its.folder / its.images[static_cast<std::size_t>(index - its.start)];
    const FeatureShape& shape = info().image;
    fit_(decode_image(read_image_file(file), file.string()), {shape.height, shape.width}, pixels);
    return static_cast<int>(&its - classes_.data());
  }

 private:
  void add_class(const fs::path& folder, std::vector<std::string>& ignored) {
    Listing listing = list(folder);
    ImageClass added{.folder = folder, .images = {}, .start = size_};
    for (std::string& name : listing.files) {
      const bool is_image = has_image_suffix(name);
      if (is_image) require_file(folder / name);
      (is_image ? added.images : ignored).push_back(std::move(name));
    }
    std::ranges::move(listing.folders, std::back_inserter(ignored));
    if (added.images.empty()) {
      throw DataError(folder.string() + ": found no PNG or JPEG file, expected one or more, as " +
                      "each folder is a class");
    }
    size_ += static_cast<std::int64_t>(added.images.size());
    classes_.push_back(std::move(added));
  }

  static std::string read_image_file(const fs::path& file) {
    std::error_code no_size;  // reading it reports why
    if (const auto bytes = fs::file_size(file, no_size); !no_size && bytes > largest_file) {
      throw DataError(file.string() + ": found " + std::to_string(bytes) +
                      " bytes, expected an image of at most " + std::to_string(largest_file));
    }
    return read_file(file, largest_file);
  }

  ImageFitter fit_;
  std::vector<ImageClass> classes_;
  std::int64_t size_ = 0;
};

}  // namespace

DatasetInfo image_folder_info(const DatasetOptions& options) {
  return make_info(
      options.classes ? *options.classes : static_cast<int>(list_root(options).folders.size()),
      options);
}

std::unique_ptr<Dataset> make_image_folder(const DatasetOptions& options) {
  const Listing training = list_root(options);
  if (options.split == Split::training)
    return std::make_unique<ImageFolder>(options.root, training, options);
  return std::make_unique<ImageFolder>(options.test_root, list_test_root(options, training),
                                       options);
}

}  // namespace wrcor
