// CIFAR-10 records: what is opened can be read to its end, with labels in range.
#include "data/binary_records.h"

#include <vector>

#include "support/file.h"
#include "support/property.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::InputFile file("data_batch_1.bin");
  file.write(fuzz::text_of(data, size));
  fuzz::accepts([&] {
    const auto dataset = make_cifar10({.root = file.path().parent_path().string()});
    std::vector<std::uint8_t> pixels(3 * 32 * 32);
    fuzz::require(dataset->size() * 3073 == static_cast<std::int64_t>(size), "no byte is left out");
    for (std::int64_t i = 0; i < dataset->size(); ++i) {
      const int label = dataset->read(i, pixels);
      fuzz::require(0 <= label && label < 10, "labels are in range");
    }
  });
  return 0;
}
