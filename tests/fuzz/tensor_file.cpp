// Files of torch.save, as weights and as a minibatch: what is read lies within the file.
#include "wrcor/data/tensor_file.h"

#include "support/property.h"
#include "wrcor/data/minibatch.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepts([&] {
    const auto tensors = parse_tensor_file(std::string(fuzz::text_of(data, size)), "input.pt");
    for (const auto& [name, tensor] : tensors) {
      if (tensor.numel() <= static_cast<std::int64_t>(size)) (void)tensor.clone().sum();
    }
    const Minibatch batch = make_minibatch(tensors, "input.pt");
    fuzz::require(batch.images.size(0) == batch.labels.size(0), "one label an image");
  });
  return 0;
}
