#include "wrcor/data/builtin.h"

#include "wrcor/data/binary_records.h"
#include "wrcor/data/synthetic.h"

namespace wrcor {

const Registry<DatasetKind>& datasets() {
  static const Registry<DatasetKind> registry = [] {
    Registry<DatasetKind> all("data set", "data sets");
    all.add("cifar10", "CIFAR-10: photographs of 10 classes, 32x32 (downloaded on first use)",
            {cifar10_info(), make_cifar10, cifar10_source(), {}});
    all.add("cifar100", "CIFAR-100: photographs of 100 classes, 32x32 (downloaded on first use)",
            {cifar100_info(), make_cifar100, cifar100_source(), {}});
    all.add("imagenet16",
            "ImageNet16-120: photographs of 120 classes, 16x16 (prepared by the user)",
            {imagenet16_info(), make_imagenet16, std::nullopt, imagenet16_origin()});
    all.add("synthetic",
            "dead leaves: made images with the statistics of photographs, 10 classes, 32x32",
            {synthetic_info(), [](const DatasetOptions&) { return make_synthetic(); }, std::nullopt,
             "the program makes its images"});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
