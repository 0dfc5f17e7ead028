#include "internal/contents.h"
#include "minibatch/tensor_file.h"

namespace wrcor {

std::string weights_file(const ExportedNetwork& network) {
  return format_tensor_file(network.state);
}

}  // namespace wrcor
