// Bytes as a published pickle of ImageNet16 and of CIFAR: images, or an error that the program
// reports.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/image_pickle.h"
#include "wrcor/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const wrcor::PickledImages* form :
       {&wrcor::imagenet16_pickle(), &wrcor::cifar10_pickle(), &wrcor::cifar100_pickle()}) {
    try {
      (void)wrcor::parse_image_pickle(bytes, "fuzzed", *form);
    } catch (const wrcor::Error&) {
    }
  }
  return 0;
}
