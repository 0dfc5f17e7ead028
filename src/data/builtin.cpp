#include "wrcor/data/builtin.h"

#include "data/binary_records.h"
#include "data/image_folder.h"
#include "data/synthetic.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// A data set whose images all have the same size, independent of the folder.
DatasetKind of_one_size(const DatasetInfo& info,
                        std::unique_ptr<Dataset> (*open)(const DatasetOptions&)) {
  const auto check = [info](const DatasetOptions& options) {
    if (!options.test_root.empty()) {
      throw UsageError(info.name + " has its own test images, so --test-root cannot be " +
                       in_quotes(options.test_root) + "; only --data folder takes it");
    }
    const ImageSize own{info.image.height, info.image.width};
    if (options.image_size.value_or(own) == own) return;
    throw UsageError("the images of " + info.name + " are " + to_text(own) +
                     ", so the image size cannot be " + to_text(*options.image_size) +
                     "; only --data folder resizes");
  };
  return {.info =
              [info, check](const DatasetOptions& options) {
                check(options);
                return info;
              },
          .open =
              [open, check](const DatasetOptions& options) {
                check(options);
                return open(options);
              }};
}

constexpr const char* synthetic = "synthetic";

DatasetKind downloaded(DatasetKind kind, const DataSource& source) {
  kind.source = source;
  return kind;
}

DatasetKind from(DatasetKind kind, const std::string& origin) {
  kind.origin = origin;
  return kind;
}

}  // namespace

const Registry<DatasetKind>& datasets() {
  static const Registry<DatasetKind> registry = [] {
    Registry<DatasetKind> all("data set", "data sets");
    all.add("cifar10", "CIFAR-10: photographs of 10 classes, 32x32 (downloaded on first use)",
            downloaded(of_one_size(cifar10_info(), make_cifar10), cifar10_source()));
    all.add("cifar100", "CIFAR-100: photographs of 100 classes, 32x32 (downloaded on first use)",
            downloaded(of_one_size(cifar100_info(), make_cifar100), cifar100_source()));
    all.add("imagenet16",
            "ImageNet16-120: photographs of 120 classes, 16x16 (downloaded by the user)",
            from(of_one_size(imagenet16_info(), make_imagenet16), imagenet16_origin()));
    all.add("folder", "your own PNG and JPEG files, a folder for each class, resized",
            from({image_folder_info, make_image_folder},
                 "name a folder with --data-root that has a folder of images for each class"));
    all.add(synthetic,
            "dead leaves: synthetic images with the statistics of photographs, 10 classes, 32x32",
            from(of_one_size(synthetic_info(),
                             [](const DatasetOptions& options) {
                               return make_synthetic(0, options.split);
                             }),
                 "the program makes its images"));
    return all;
  }();
  return registry;
}

bool lies_in_files(const std::string& dataset) { return dataset != synthetic; }

}  // namespace wrcor
