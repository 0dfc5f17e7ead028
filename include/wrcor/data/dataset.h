#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "wrcor/core/error.h"
#include "wrcor/data/image_file.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// A regular file of an archive.
struct ArchiveMember {
  std::string path;  ///< in the archive, such as "cifar-100-binary/train.bin"
  std::uint64_t bytes = 0;
};

/// Where a data set can be downloaded: one gzipped tar archive of known content.
struct DataSource {
  std::string title;                   ///< for messages, such as "CIFAR-100"
  std::string base;                    ///< URL of the folder that has the archive
  std::string archive;                 ///< name of the archive
  std::uint64_t bytes = 0;             ///< of the archive
  std::string sha256;                  ///< of the archive, 64 lower-case hexadecimal digits
  std::string folder;                  ///< that contains all of its members
  std::vector<ArchiveMember> members;  ///< the required ones; others are skipped
};

/// Obtains a missing data set. @throws the error that prevents it
using DataFetcher = std::function<void(const DataSource&)>;

/// Per-channel (red, green, blue) statistics that a network's input is normalised by, in pixel
/// units 0..255.
struct Normalisation {
  std::array<float, 3> mean{};
  std::array<float, 3> deviation{};
};

/// Common properties of all images of a data set.
struct DatasetInfo {
  std::string name;  ///< as registered, e.g. "cifar10"
  int classes = 0;
  FeatureShape image;  ///< channels is 3
  Normalisation normalisation;
  /// Black pixels added on each side before a random crop back to the image's size.
  int crop_padding = 0;
};

/// Which images of a data set.
enum class Split { training, test };

/// Labelled 8-bit colour images, one split of a data set. Reading changes nothing, so several
/// threads may read at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  const DatasetInfo& info() const { return info_; }

  /// The files that the images were read from; none for synthetic images.
  const std::vector<std::filesystem::path>& files() const { return files_; }

  /// Number of images.
  virtual std::int64_t size() const = 0;

  /// Reads one image.
  ///
  /// @param index   0 <= index < size()
  /// @param pixels  receives channels * height * width values 0..255: the red plane, then green,
  ///                then blue, each row by row
  /// @return the label, 0 <= label < classes
  virtual int read(std::int64_t index, std::span<std::uint8_t> pixels) const = 0;

 protected:
  explicit Dataset(DatasetInfo info, std::vector<std::filesystem::path> files = {})
      : info_(std::move(info)), files_(std::move(files)) {}

 private:
  DatasetInfo info_;
  std::vector<std::filesystem::path> files_;
};

/// Options for opening a data set.
struct DatasetOptions {
  std::string root;  ///< folder to look in before the cache folder; empty: the cache folder only
  /// Size that images are resized to, if the data set supports it; unset: the data set's own.
  std::optional<ImageSize> image_size{};
  /// Puts missing data into the cache folder. Not called if `root` is set. Empty: missing data are
  /// an error.
  DataFetcher fetch = {};
  /// Resizes images, if the data set supports it. Empty: none of its images can be read.
  ImageFitter fit = {};
  Split split = Split::training;  ///< to open
  /// Folder of the test images, for a data set that keeps them separately.
  std::string test_root = {};
  /// The number of classes, if it is already known: `info` then needs no data.
  std::optional<int> classes = {};
};

/// The data set was not found where it was looked for. Exit code 3.
class MissingDataError : public DataError {
 public:
  using DataError::DataError;
};

/// A data set that can be opened, and its properties before it is opened.
struct DatasetKind {
  /// Reads no image. @throws UsageError for an unsupported image size; DataError when it needs the
  /// data and they are missing
  std::function<DatasetInfo(const DatasetOptions&)> info;
  /// @throws as `info` does; MissingDataError; DataError when it is corrupt
  std::function<std::unique_ptr<Dataset>(const DatasetOptions&)> open;
  std::optional<DataSource> source = {};  ///< none: it cannot be downloaded
  std::string origin = {};                ///< where its images come from, if there is no source
};

}  // namespace wrcor
