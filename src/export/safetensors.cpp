#include "internal/contents.h"
#include "minibatch/tensor_file.h"

namespace wrcor {

std::string safetensors_file(const ExportedNetwork& network) {
  // "format" is what the readers of PyTorch expect.
  return format_safetensors(
      network.state, {{"format", "pt"}, {"architecture", network.space.format(network.genotype)}});
}

}  // namespace wrcor
