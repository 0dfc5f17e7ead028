#pragma once

#include <ATen/ATen.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace wrcor::test {

/// The file that `torch.save(value, file)` writes.
inline std::string archive_of(const at::IValue& value) {
  const std::vector<char> bytes = torch::jit::pickle_save(value);
  return {bytes.begin(), bytes.end()};
}

inline std::string archive_of_tensors(
    const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  c10::Dict<std::string, at::Tensor> dictionary;
  for (const auto& [name, tensor] : tensors) dictionary.insert(name, tensor);
  return archive_of(at::IValue(dictionary));
}

/// The archive with one record replaced or omitted.
inline std::string with_record(const std::string& archive, const std::string& replaced,
                               const std::optional<std::string>& content) {
  std::istringstream in(archive);
  caffe2::serialize::PyTorchStreamReader reader(&in);
  std::string out;
  caffe2::serialize::PyTorchStreamWriter writer([&out](const void* data, std::size_t size) {
    out.append(static_cast<const char*>(data), size);
    return size;
  });
  for (const std::string& name : reader.getAllRecords()) {
    if (name == "version" || name == ".data/serialization_id") continue;  // the writer adds its own
    if (name == replaced) {
      if (content) writer.writeRecord(name, content->data(), content->size());
    } else {
      const auto [bytes, size] = reader.getRecord(name);
      writer.writeRecord(name, bytes.get(), size);
    }
  }
  writer.writeEndOfFile();
  return out;
}

}  // namespace wrcor::test
