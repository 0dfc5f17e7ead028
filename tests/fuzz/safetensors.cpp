// Files of safetensors: reading stays within the file, and what is read can be written and read
// again. An input that does not begin like one is used as the header, up to a zero byte, and the
// data of one, so that the fuzzer can also change the length of the header.
#include <algorithm>

#include "minibatch/tensor_file.h"
#include "support/property.h"

using namespace wrcor;

namespace {

std::string file_of(std::string_view input) {
  if (input.size() > 8 && input[8] == '{' && !input.starts_with("PK")) return std::string(input);
  const std::string_view header = input.substr(0, input.find('\0'));
  const std::string_view data = input.substr(std::min(header.size() + 1, input.size()));
  std::string start;
  for (int byte = 0; byte < 8; ++byte) start += static_cast<char>(header.size() >> 8 * byte);
  return start + std::string(header) + std::string(data);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = file_of(fuzz::text_of(data, size));
  const auto bytes = static_cast<std::int64_t>(file.size());
  fuzz::accepts([&] {
    const auto tensors = parse_tensor_file(file, "input.safetensors");
    for (const auto& [name, tensor] : tensors)
      fuzz::require(tensor.numel() <= bytes, "a tensor is no larger than its file");
    const std::string written = format_safetensors(tensors, {});
    const auto read = parse_tensor_file(written, "written.safetensors");
    fuzz::require(format_safetensors(read, {}) == written, "what is written is read");
  });
  return 0;
}
