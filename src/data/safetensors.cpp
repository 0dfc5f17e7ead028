#include "data/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/counted.h"
#include "core/json.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr const char* metadata_key = "__metadata__";
constexpr std::size_t most_dimensions = 64;

/// Bytes of an element; nothing for an unknown type.
std::optional<std::uint64_t> width_of(std::string_view type) {
  static const std::map<std::string_view, std::uint64_t> widths{
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2},
      {"I8", 1},  {"U64", 8}, {"U32", 4}, {"U16", 2},  {"U8", 1},  {"BOOL", 1}};
  const auto found = widths.find(type);
  if (found == widths.end()) return std::nullopt;
  return found->second;
}

/// A tensor, in words that start a sentence.
std::string quoted(const std::string& name) { return "the tensor " + in_quotes(name); }

/// A member that a tensor must have. @throws SafetensorsError
const nlohmann::json& member(const nlohmann::json& tensor, const char* key,
                             const std::string& name) {
  const auto found = tensor.find(key);
  if (found == tensor.end()) throw SafetensorsError(quoted(name) + " has no '" + key + "'");
  return *found;
}

/// @param least  at least this many numbers, and at most `most` @throws SafetensorsError
std::vector<std::uint64_t> whole_numbers(const nlohmann::json& list, std::size_t least,
                                         std::size_t most, const std::string& what) {
  const auto is_whole = [](const nlohmann::json& number) { return number.is_number_unsigned(); };
  if (!list.is_array() || list.size() < least || list.size() > most ||
      !std::all_of(list.begin(), list.end(), is_whole))
    throw SafetensorsError(
        what + " are not " +
        (least == most ? std::to_string(least) : "up to " + std::to_string(most)) +
        " whole numbers");
  return list.get<std::vector<std::uint64_t>>();
}

/// Bytes of a tensor of this shape; nothing if 64 bits cannot count its elements. For an empty
/// tensor the sizes of 0 count as 1.
std::optional<std::uint64_t> bytes_of(std::uint64_t width,
                                      const std::vector<std::uint64_t>& shape) {
  auto bytes = static_cast<std::int64_t>(width);
  for (const std::uint64_t size : shape) {
    if (__builtin_mul_overflow(bytes, std::max<std::uint64_t>(size, 1), &bytes))
      return std::nullopt;
  }
  const bool is_empty = std::ranges::find(shape, 0U) != shape.end();
  return is_empty ? 0 : static_cast<std::uint64_t>(bytes);
}

StoredTensor read_tensor(const std::string& name, const nlohmann::json& json) {
  if (!json.is_object()) throw SafetensorsError(quoted(name) + " is no object");
  const nlohmann::json& type = member(json, "dtype", name);
  const auto width = type.is_string() ? width_of(type.get<std::string>()) : std::nullopt;
  if (!width)
    throw SafetensorsError(quoted(name) + " has elements of the unknown type " +
                           in_quotes(type.dump()));
  const auto shape = whole_numbers(member(json, "shape", name), 0, most_dimensions,
                                   "the sizes of " + quoted(name));
  const auto offsets =
      whole_numbers(member(json, "data_offsets", name), 2, 2, "the offsets of " + quoted(name));
  if (json.size() != 3)
    throw SafetensorsError(quoted(name) + " has more than type, shape and offsets");
  const auto bytes = bytes_of(*width, shape);
  if (offsets[0] > offsets[1] || bytes != offsets[1] - offsets[0])
    throw SafetensorsError(quoted(name) + " has another number of bytes than its shape takes");
  return {name, type.get<std::string>(), {shape.begin(), shape.end()}, offsets[0], offsets[1]};
}

std::map<std::string, std::string> read_metadata(const nlohmann::json& json) {
  const auto is_text = [](const nlohmann::json& value) { return value.is_string(); };
  if (!json.is_object() || !std::all_of(json.begin(), json.end(), is_text))
    throw SafetensorsError(std::string("'") + metadata_key + "' has something else than texts");
  return json.get<std::map<std::string, std::string>>();
}

/// @param tensors  by place
void require_no_gap(const std::vector<StoredTensor>& tensors, std::uint64_t data_bytes) {
  std::uint64_t end = 0;
  for (const StoredTensor& tensor : tensors) {
    if (tensor.begin != end) {
      throw SafetensorsError(quoted(tensor.name) + " starts at byte " +
                             std::to_string(tensor.begin) + " of the data, where byte " +
                             std::to_string(end) + " was due");
    }
    end = tensor.end;
  }
  if (end != data_bytes) {
    throw SafetensorsError(counted(data_bytes, "byte") + " of data, where its tensors take " +
                           std::to_string(end) + ": it is cut short, or has something behind them");
  }
}

}  // namespace

std::uint64_t SafetensorsHeader::length(std::string_view start) {
  std::uint64_t value = 0;
  for (std::size_t i = length_bytes; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(start[i]);
  if (value > longest)
    throw SafetensorsError("a header of " + std::to_string(value) + " bytes, more than " +
                           std::to_string(longest));
  return value;
}

SafetensorsHeader SafetensorsHeader::parse(std::string_view text, std::uint64_t data_bytes) {
  nlohmann::json json;
  try {
    json = parse_sorted_json(text);
  } catch (const JsonError& error) {
    throw SafetensorsError(std::string("a header with ") + error.what());
  }
  if (!json.is_object()) throw SafetensorsError("a header that is no object");
  SafetensorsHeader header;
  for (const auto& [name, value] : json.items()) {
    if (name == metadata_key) {
      header.metadata = read_metadata(value);
    } else {
      header.tensors.push_back(read_tensor(name, value));
    }
  }
  std::ranges::stable_sort(header.tensors, {}, [](const StoredTensor& tensor) {
    return std::pair(tensor.begin, tensor.end);
  });
  require_no_gap(header.tensors, data_bytes);
  return header;
}

std::string SafetensorsHeader::format() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json[metadata_key] = metadata;
  for (const StoredTensor& tensor : tensors) {
    json[tensor.name] = {{"dtype", tensor.type},
                         {"shape", tensor.shape},
                         {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text = json.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string start;
  for (std::uint64_t byte = 0; byte < length_bytes; ++byte)
    start += static_cast<char>(text.size() >> 8 * byte);
  return start + text;
}

}  // namespace wrcor
