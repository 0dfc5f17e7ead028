#include "internal/safetensors_file.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "data/safetensors.h"
#include "internal/unsigned_integers.h"
#include "minibatch/tensor_file.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::uint64_t largest_file = std::uint64_t{4} << 30;

struct ElementType {
  std::string_view name;  ///< in a header
  at::ScalarType type;
  bool is_unsigned = false;  ///< of a type that is read as the signed one of its width
};

constexpr ElementType element_types[] = {
    {"F64", at::kDouble},    {"F32", at::kFloat},       {"F16", at::kHalf},
    {"BF16", at::kBFloat16}, {"I64", at::kLong},        {"I32", at::kInt},
    {"I16", at::kShort},     {"I8", at::kChar},         {"U64", at::kLong, true},
    {"U32", at::kInt, true}, {"U16", at::kShort, true}, {"U8", at::kByte},
    {"BOOL", at::kBool}};

const ElementType& type_of(const StoredTensor& stored) {
  const auto* found = std::ranges::find(element_types, stored.type, &ElementType::name);
  if (found == std::end(element_types)) throw std::logic_error("unknown type " + stored.type);
  return *found;
}

std::string_view name_of(at::ScalarType type) {
  const auto* found = std::ranges::find_if(element_types, [&](const ElementType& each) {
    return each.type == type && !each.is_unsigned;
  });
  if (found == std::end(element_types))
    throw std::invalid_argument(std::string("safetensors has no ") + at::toString(type));
  return found->name;
}

void fill(std::istream& stream, void* bytes, std::uint64_t count) {
  stream.read(static_cast<char*>(bytes), static_cast<std::streamsize>(count));
  if (!stream) throw SafetensorsError("a file that ends too early");
}

std::uint64_t size_of(std::istream& stream) {
  stream.seekg(0, std::ios::end);
  const auto end = stream.tellg();
  stream.seekg(0);
  if (!stream || end < 0) throw SafetensorsError("a file that cannot be sought in");
  if (static_cast<std::uint64_t>(end) > largest_file)
    throw SafetensorsError("a file of more than 4 GiB");
  return static_cast<std::uint64_t>(end);
}

SafetensorsHeader read_header(std::istream& stream) {
  const std::uint64_t size = size_of(stream);
  std::string start(SafetensorsHeader::length_bytes, '\0');
  fill(stream, start.data(), start.size());
  const std::uint64_t length = SafetensorsHeader::length(start);
  if (length > size - start.size()) throw SafetensorsError("a header that is cut short");
  std::string text(length, '\0');
  fill(stream, text.data(), text.size());
  return SafetensorsHeader::parse(text, size - start.size() - length);
}

/// The next tensor of the stream.
at::Tensor read_tensor(std::istream& stream, const StoredTensor& stored) {
  const ElementType& element = type_of(stored);
  // Bytes other than 0 and 1 are not valid values of type bool.
  const at::ScalarType type = element.type == at::kBool ? at::kByte : element.type;
  const at::Tensor read = at::empty(stored.shape, type);
  fill(stream, read.data_ptr(), read.nbytes());
  if (element.type == at::kBool) return read.ne(0);
  if (!element.is_unsigned) return read;
  const std::optional<at::Tensor> numbers = as_unsigned(read);
  if (!numbers)
    throw SafetensorsError("an integer above 2^63 - 1 in the tensor " + in_quotes(stored.name));
  return *numbers;
}

}  // namespace

bool may_be_safetensors(std::string_view start) {
  return start.size() > SafetensorsHeader::length_bytes &&
         start[SafetensorsHeader::length_bytes] == '{';
}

std::map<std::string, at::Tensor> read_safetensors(std::istream& stream) {
  std::map<std::string, at::Tensor> tensors;
  for (const StoredTensor& stored : read_header(stream).tensors)
    tensors.emplace(stored.name, read_tensor(stream, stored));
  return tensors;
}

std::string format_safetensors(const std::map<std::string, at::Tensor>& tensors,
                               const std::map<std::string, std::string>& metadata) {
  std::vector<std::pair<std::string, at::Tensor>> ordered;
  for (const auto& [name, tensor] : tensors)
    ordered.emplace_back(name, tensor.detach().to(at::kCPU).contiguous());
  // The widest elements first, so that all are aligned.
  std::ranges::stable_sort(ordered, std::ranges::greater(),
                           [](const auto& entry) { return entry.second.element_size(); });
  SafetensorsHeader header;
  header.metadata = metadata;
  std::string data;
  for (const auto& [name, tensor] : ordered) {
    const std::size_t begin = data.size();
    data.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
    header.tensors.push_back({name, std::string(name_of(tensor.scalar_type())),
                              tensor.sizes().vec(), begin, data.size()});
  }
  return header.format() + data;
}

}  // namespace wrcor
