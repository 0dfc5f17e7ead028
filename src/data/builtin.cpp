#include "wrcor/data/builtin.h"

#include "wrcor/data/binary_records.h"
#include "wrcor/data/synthetic.h"

namespace wrcor {

const Registry<DatasetKind>& datasets() {
  static const Registry<DatasetKind> registry = [] {
    Registry<DatasetKind> all("data set", "data sets");
    all.add("cifar10", "CIFAR-10: photographs of 10 classes, 32x32 (downloaded by the user)",
            {cifar10_info(), make_cifar10});
    all.add("cifar100", "CIFAR-100: photographs of 100 classes, 32x32 (downloaded by the user)",
            {cifar100_info(), make_cifar100});
    all.add("imagenet16",
            "ImageNet16-120: photographs of 120 classes, 16x16 (prepared by the user)",
            {imagenet16_info(), make_imagenet16});
    all.add("synthetic",
            "dead leaves: made images with the statistics of photographs, 10 classes, 32x32",
            {synthetic_info(), [](const DatasetOptions&) { return make_synthetic(); }});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
