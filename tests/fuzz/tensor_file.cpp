// Files of torch.save, as weights and as a minibatch: reading stays within the file. An input that
// is not an archive is used as the pickle of one, so that the fuzzer can also change its length.
#include "minibatch/tensor_file.h"

#include <utility>
#include <vector>

#include "minibatch/minibatch.h"
#include "support/property.h"

using namespace wrcor;

namespace {

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

/// A zip archive with the records, stored.
std::string archive_of(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string archive, directory;
  for (const auto& [name, content] : records) {
    const std::string size = little_endian(content.size(), 4);
    const std::string common = std::string(6, '\0') + std::string(4, '\0') + std::string(4, '\0') +
                               size + size + little_endian(name.size(), 2) + std::string(2, '\0');
    directory += "PK\1\2" + std::string(2, '\0') + common + std::string(10, '\0') +
                 little_endian(archive.size(), 4) + name;
    archive += "PK\3\4" + common + name + content;
  }
  const std::string count = little_endian(records.size(), 2);
  return archive + directory + "PK\5\6" + std::string(4, '\0') + count + count +
         little_endian(directory.size(), 4) + little_endian(archive.size(), 4) +
         std::string(2, '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string file(fuzz::text_of(data, size));
  if (!file.starts_with("PK")) {
    file = archive_of({{"a/data.pkl", file},
                       {"a/data/0", std::string(24, '\0')},
                       {"a/data/1", std::string(16, '\0')}});
  }
  const auto bytes = static_cast<std::int64_t>(file.size());
  fuzz::accepts([&] { (void)parse_weights_file(file, "input.pt"); });
  fuzz::accepts([&] {
    const auto tensors = parse_tensor_file(std::move(file), "input.pt");
    for (const auto& [name, tensor] : tensors) {
      fuzz::require(tensor.numel() <= bytes, "a tensor is no larger than its file");
      (void)tensor.clone();
    }
    const Minibatch batch = make_minibatch(tensors, "input.pt");
    fuzz::require(batch.images.size(0) == batch.labels.size(0), "one label an image");
  });
  return 0;
}
