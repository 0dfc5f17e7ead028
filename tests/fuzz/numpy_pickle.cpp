// Bytes as a published file of ImageNet16: images, or an error that the program reports.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wrcor/core/error.h"
#include "wrcor/data/imagenet16_pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    (void)wrcor::parse_imagenet16_pickle(bytes, "fuzzed");
  } catch (const wrcor::Error&) {
  }
  return 0;
}
