#include "minibatch/tensor_file.h"

#include <optional>
#include <sstream>
#include <vector>

#include "core/file.h"
#include "data/pickle.h"
#include "data/safetensors.h"
#include "internal/safetensors_file.h"
#include "internal/stored_archive.h"
#include "internal/unsigned_integers.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Kind = PickleValue::Kind;

constexpr const char* expected =
    "expected a dictionary name -> tensor written by torch.save (PyTorch 1.6 or later), or a file "
    "of "
    "safetensors";
constexpr std::size_t most_dimensions = 64;
constexpr std::size_t longest_pickle = 16 << 20;  ///< bytes; one tensor takes about 200
constexpr std::size_t longest_record_name = 64;   ///< torch.save's are numbers

[[noreturn]] void reject(const std::string& name, const std::string& found) {
  throw DataError(name + ": found " + found + ", " + expected);
}

/// The error in a tensor, in words that follow its name.
struct TensorError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The arguments of a call of that name, or nothing when the value is something else.
const std::vector<const PickleValue*>* arguments_of(const PickleValue& value,
                                                    std::string_view module,
                                                    std::string_view name) {
  if (value.kind != Kind::call || !value.items[0]->is_name(module, name) ||
      value.items[1]->kind != Kind::tuple) {
    return nullptr;
  }
  return &value.items[1]->items;
}

/// The function of a call.
std::string called(const PickleValue& call) {
  const PickleValue& function = *call.items[0];
  return function.kind == Kind::name ? description_of(function) : "something without a name";
}

bool is_tensor(const PickleValue& call) {
  const PickleValue& function = *call.items[0];
  return function.kind == Kind::name && function.module == "torch._utils" &&
         function.text.starts_with("_rebuild_");
}

std::string kind_name(const PickleValue& value) {
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "Bool";
    case Kind::integer:
      return "Int";
    case Kind::number:
      return "Float";
    case Kind::text:
      return "String";
    case Kind::bytes:
      return "Bytes";
    case Kind::tuple:
      return "Tuple";
    case Kind::list:
      return "List";
    case Kind::dictionary:
      return "Dict";
    case Kind::call:
      return is_tensor(value) ? "Tensor" : called(value);
    case Kind::name:
    case Kind::reference:
      break;
  }
  return "Object";
}

std::optional<at::ScalarType> element_type(const PickleValue& storage_class) {
  static const std::map<std::string_view, at::ScalarType> types{
      {"FloatStorage", at::kFloat},
      {"DoubleStorage", at::kDouble},
      {"HalfStorage", at::kHalf},
      {"BFloat16Storage", at::kBFloat16},
      {"LongStorage", at::kLong},
      {"IntStorage", at::kInt},
      {"ShortStorage", at::kShort},
      {"CharStorage", at::kChar},
      {"ByteStorage", at::kByte},
      {"BoolStorage", at::kBool},
      {"ComplexFloatStorage", at::kComplexFloat}};
  const auto found = types.find(storage_class.text);
  if (storage_class.module != "torch" || found == types.end()) return std::nullopt;
  return found->second;
}

/// The type as which unsigned integers are read: see as_unsigned().
std::optional<at::ScalarType> signed_type(const PickleValue& unsigned_type) {
  if (unsigned_type.is_name("torch", "uint16")) return at::kShort;
  if (unsigned_type.is_name("torch", "uint32")) return at::kInt;
  if (unsigned_type.is_name("torch", "uint64")) return at::kLong;
  return std::nullopt;
}

std::vector<std::int64_t> integers(const PickleValue& tuple) {
  if (tuple.kind != Kind::tuple || tuple.items.size() > most_dimensions) {
    throw TensorError("has no list of sizes where it should have one");
  }
  std::vector<std::int64_t> result;
  for (const PickleValue* item : tuple.items) {
    if (item->kind != Kind::integer || item->integer < 0) {
      throw TensorError("has a negative size or stride");
    }
    result.push_back(item->integer);
  }
  return result;
}

/// Location of a tensor in its storage, in elements.
struct Layout {
  std::int64_t offset = 0;
  std::vector<std::int64_t> sizes, strides;

  /// Checks that every element lies within the storage.
  void check(std::int64_t stored) const {
    if (offset < 0 || strides.size() != sizes.size()) throw TensorError("has no valid shape");
    std::int64_t count = 1, last = offset;
    bool is_representable = true;
    for (const std::int64_t size : sizes) {
      if (size == 0) return;
    }
    for (std::size_t d = 0; d < sizes.size() && is_representable; ++d) {
      std::int64_t reach = 0;
      is_representable = !__builtin_mul_overflow(count, sizes[d], &count) &&
                         !__builtin_mul_overflow(sizes[d] - 1, strides[d], &reach) &&
                         !__builtin_add_overflow(last, reach, &last);
    }
    if (!is_representable || last >= stored) {
      throw TensorError("reaches beyond its storage: the file is corrupt");
    }
    if (count > stored) {
      throw TensorError(
          "has several elements in one place; save a copy of it, made by contiguous()");
    }
  }
};

/// Converts the descriptions of tensors in a pickle into tensors over the records of its archive.
class TensorReader {
 public:
  explicit TensorReader(const StoredArchive& archive) : archive_(archive) {}

  at::Tensor tensor(const PickleValue& value) {
    if (const auto* parameter = arguments_of(value, "torch._utils", "_rebuild_parameter")) {
      if (parameter->empty()) throw TensorError("is a parameter of nothing");
      return dense_tensor(*parameter->front());
    }
    return dense_tensor(value);
  }

 private:
  at::Tensor dense_tensor(const PickleValue& value) {
    // torch.save writes version 3 for types without their own storage class.
    const auto* untyped = arguments_of(value, "torch._utils", "_rebuild_tensor_v3");
    const auto* arguments =
        untyped != nullptr ? untyped : arguments_of(value, "torch._utils", "_rebuild_tensor_v2");
    if (arguments == nullptr) {
      throw TensorError("is not a dense tensor but is made by " + called(value));
    }
    if (arguments->size() < (untyped != nullptr ? 7U : 4U) ||
        (*arguments)[1]->kind != Kind::integer) {
      throw TensorError("has no valid shape");
    }
    const Layout layout{(*arguments)[1]->integer, integers(*(*arguments)[2]),
                        integers(*(*arguments)[3])};
    const std::vector<const PickleValue*>& storage = storage_of(*(*arguments)[0]);
    const PickleValue& named = untyped != nullptr ? *(*arguments)[6] : *storage[1];
    const auto type = untyped != nullptr ? signed_type(named) : element_type(named);
    if (!type) throw TensorError("has elements of the unknown type " + description_of(named));
    const at::Tensor read = placed("data/" + std::string(storage[2]->text), *type, layout);
    if (untyped == nullptr) return read;
    const std::optional<at::Tensor> numbers = as_unsigned(read);
    if (!numbers) throw TensorError("has an integer above 2^63 - 1");
    return *numbers;
  }

  /// @param reference  ("storage", class, record, device, number of elements)
  /// @return its items
  static const std::vector<const PickleValue*>& storage_of(const PickleValue& reference) {
    const bool is_storage = reference.kind == Kind::reference &&
                            reference.items[0]->kind == Kind::tuple &&
                            reference.items[0]->items.size() >= 5;
    if (!is_storage) throw TensorError("has no storage");
    const auto& parts = reference.items[0]->items;
    if (parts[1]->kind != Kind::name || parts[2]->kind != Kind::text ||
        parts[2]->text.size() > longest_record_name) {
      throw TensorError("has no storage");
    }
    return parts;
  }

  at::Tensor placed(const std::string& record, at::ScalarType type, const Layout& layout) {
    const at::Tensor bytes = storage(record);
    const auto width = static_cast<std::int64_t>(at::elementSize(type));
    layout.check(bytes.numel() / width);
    auto* start =
        static_cast<char*>(bytes.data_ptr()) + (bytes.numel() == 0 ? 0 : layout.offset * width);
    return at::from_blob(
        start, layout.sizes, layout.strides, [bytes](void*) {}, at::TensorOptions(type));
  }

  /// The bytes of a record, read once however many tensors share it.
  at::Tensor storage(const std::string& record) {
    const auto known = storages_.find(record);
    if (known != storages_.end()) return known->second;
    const auto size = static_cast<std::int64_t>(archive_.size(record));
    const at::Tensor bytes = at::empty({size}, at::kByte);
    archive_.read(record, {static_cast<char*>(bytes.data_ptr()), static_cast<std::size_t>(size)});
    storages_.emplace(record, bytes);
    return bytes;
  }

  const StoredArchive& archive_;
  std::map<std::string, at::Tensor> storages_;
};

std::string record_text(const StoredArchive& archive, const std::string& record,
                        std::size_t longest) {
  if (archive.size(record) > longest) throw ArchiveError("too long a record " + in_quotes(record));
  std::string text(archive.size(record), '\0');
  archive.read(record, text);
  return text;
}

/// The dictionary itself, without the type tag that libtorch's own writer puts around it.
const PickleValue& without_type_tag(const PickleValue& root) {
  const auto* tagged = arguments_of(root, "torch.jit._pickle", "restore_type_tag");
  return tagged != nullptr && !tagged->empty() ? *tagged->front() : root;
}

/// A dictionary in a pickle, and a prefix for the names in it.
struct NamedDictionary {
  const PickleValue& dictionary;
  std::string prefix = {};
};

/// Selects the part to read of the dictionary in a file.
using Choice = NamedDictionary (*)(const PickleValue& root);

NamedDictionary all_of(const PickleValue& root) { return {root}; }

/// The weights in a checkpoint, which also has the state of the training.
NamedDictionary weights_in(const PickleValue& root) {
  for (const char* key : {"state_dict", "model_state_dict", "model", "net", "network"}) {
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
      const PickleValue& value = without_type_tag(*root.items[i + 1]);
      const bool is_it = root.items[i]->kind == Kind::text && root.items[i]->text == key;
      if (is_it && value.kind == Kind::dictionary) return {value, std::string(key) + "."};
    }
  }
  return {root};
}

std::map<std::string, at::Tensor> tensors_of(const std::string& file, const PickleValue& root,
                                             const StoredArchive& archive, Choice choice) {
  const PickleValue& whole = without_type_tag(root);
  if (whole.kind != Kind::dictionary) reject(file, "a " + kind_name(whole) + " in the archive");
  const auto& [content, prefix] = choice(whole);
  TensorReader reader(archive);
  std::map<std::string, at::Tensor> tensors;
  for (std::size_t i = 0; i + 1 < content.items.size(); i += 2) {
    const PickleValue& key = *content.items[i];
    const PickleValue& value = *content.items[i + 1];
    if (key.kind != Kind::text) reject(file, "a key of type " + kind_name(key));
    if (value.kind != Kind::call)
      reject(file, in_quotes(key.text) + " of type " + kind_name(value));
    // One lookup only, or a file could make the comparisons of its keys arbitrarily slow.
    const auto [place, is_new] = tensors.try_emplace(prefix + std::string(key.text));
    if (!is_new) reject(file, in_quotes(key.text) + " twice");
    try {
      place->second = reader.tensor(value);
    } catch (const TensorError& failure) {
      reject(file, in_quotes(key.text) + ", which " + failure.what());
    }
  }
  return tensors;
}

std::map<std::string, at::Tensor> read_archive(std::istream& stream, const std::string& name,
                                               Choice choice) {
  try {
    const StoredArchive archive(stream);
    if (archive.holds("byteorder") && record_text(archive, "byteorder", 16) != "little") {
      throw ArchiveError("numbers of another byte order than little endian");
    }
    const std::string program = record_text(archive, "data.pkl", longest_pickle);
    return tensors_of(name, Pickle(program).root(), archive, choice);
  } catch (const ArchiveError& failure) {
    reject(name, std::string("an archive that cannot be read (") + failure.what() + ")");
  } catch (const PickleError& failure) {
    reject(name, std::string("an archive that cannot be read (data.pkl: ") + failure.what() + ")");
  }
}

/// Of either kind, as its first bytes determine.
std::map<std::string, at::Tensor> read_tensors(std::istream& stream, const std::string& name,
                                               Choice choice) {
  std::string start(9, '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(stream.gcount()));
  stream.clear();
  if (start.empty()) reject(name, "an empty file");
  if (start.starts_with("PK\x03\x04")) return read_archive(stream, name, choice);
  if (!may_be_safetensors(start)) reject(name, "neither a zip archive nor safetensors");
  try {
    return read_safetensors(stream);
  } catch (const SafetensorsError& failure) {
    reject(name, std::string("a file that cannot be read (") + failure.what() + ")");
  }
}

}  // namespace

std::map<std::string, at::Tensor> parse_tensor_file(std::string bytes, const std::string& name) {
  std::istringstream stream(std::move(bytes));
  return read_tensors(stream, name, all_of);
}

std::map<std::string, at::Tensor> load_tensor_file(const std::filesystem::path& path) {
  InputFile stream = open_to_read(path);
  return read_tensors(stream, path.string(), all_of);
}

std::map<std::string, at::Tensor> parse_weights_file(std::string bytes, const std::string& name) {
  std::istringstream stream(std::move(bytes));
  return read_tensors(stream, name, weights_in);
}

std::map<std::string, at::Tensor> load_weights_file(const std::filesystem::path& path) {
  InputFile stream = open_to_read(path);
  std::map<std::string, at::Tensor> weights = read_tensors(stream, path.string(), weights_in);
  if (weights.contains(training_mark)) {
    throw DataError("'" + path.string() +
                    "' is a checkpoint of wrcor train; use the weights.pt that the training writes "
                    "beside it at its end");
  }
  return weights;
}

}  // namespace wrcor
