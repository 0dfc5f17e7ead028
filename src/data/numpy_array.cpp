#include "internal/numpy_array.h"

#include <array>
#include <utility>

#include "core/counted.h"
#include "wrcor/core/registry.h"

namespace wrcor::numpy {
namespace {

using Kind = PickleValue::Kind;

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> known_names{{
    {"numpy", "ndarray"},
    {"numpy", "dtype"},
    {"numpy.core.multiarray", "_reconstruct"},
    {"numpy._core.multiarray", "_reconstruct"},
    {"numpy.core.multiarray", "scalar"},
    {"numpy._core.multiarray", "scalar"},
    {"numpy.core.numeric", "_frombuffer"},
    {"numpy._core.numeric", "_frombuffer"},
    {"_codecs", "encode"},
    {"__builtin__", "bytes"},
    {"builtins", "bytes"},
}};

bool is_known(const PickleValue& name) {
  for (const auto& [module, known] : known_names) {
    if (name.is_name(module, known)) return true;
  }
  return false;
}

/// The called function, without its module, which has moved between versions of numpy; empty when
/// it is not a call of a known function.
std::string_view called(const PickleValue& value) {
  const bool is_call = value.kind == Kind::call && is_known(*value.items[0]);
  return is_call ? value.items[0]->text : std::string_view();
}

/// The last state counts, as in Python.
const PickleValue* state_of(const PickleValue& call) {
  return call.items.size() > 2 ? call.items.back() : nullptr;
}

/// The items of a tuple, by position and kind.
class Arguments {
 public:
  Arguments(const PickleValue& tuple, std::string_view of) : tuple_(tuple), of_(of) {
    if (tuple.kind != Kind::tuple) reject(description_of(tuple), "a tuple");
  }

  std::size_t size() const { return tuple_.items.size(); }

  const PickleValue& at(std::size_t position) const {
    if (position >= size()) {
      reject(std::to_string(size()) + " arguments", "at least " + std::to_string(position + 1));
    }
    return *tuple_.items[position];
  }

  const PickleValue& at(std::size_t position, Kind kind) const {
    const PickleValue& item = at(position);
    if (item.kind != kind) reject(description_of(item), description_of(PickleValue{.kind = kind}));
    return item;
  }

  /// Python 2 wrote texts as bytes.
  std::string_view text(std::size_t position) const {
    return at(position, at(position).kind == Kind::bytes ? Kind::bytes : Kind::text).text;
  }

  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    throw PickleError(tuple_.place, found, expected + " for " + std::string(of_));
  }

 private:
  const PickleValue& tuple_;
  std::string_view of_;
};

Arguments arguments_of(const PickleValue& call) { return {*call.items[1], called(call)}; }

/// Bytes as stored in a pickle.
struct Content {
  std::string_view text;
  bool utf8 = false;  ///< written as text, a code point below 256 each
};

Content content_of(const PickleValue& value) {
  if (value.kind == Kind::bytes) return {value.text};
  if (called(value) == "encode") {
    const Arguments given = arguments_of(value);
    if (given.text(1) != "latin1") given.reject(in_quotes(given.text(1)), "'latin1'");
    return {given.at(0, Kind::text).text, true};
  }
  if (called(value) == "bytes" && arguments_of(value).size() == 0) return {};
  throw PickleError(value.place, description_of(value), "bytes");
}

struct Type {
  char kind = 0;  ///< 'u', 'i', 'f', ...
  std::size_t item_bytes = 0;
  bool big_endian = false;
};

Type type_of(const PickleValue& value) {
  if (called(value) != "dtype") throw PickleError(value.place, description_of(value), "a dtype");
  const std::string_view code = arguments_of(value).text(0);
  constexpr std::string_view kinds = "biufcSUV";
  const bool known =
      code.size() == 2 && kinds.find(code[0]) != kinds.npos && code[1] >= '1' && code[1] <= '8';
  if (!known) {
    throw PickleError(value.place, "an array of type " + in_quotes(code), "one of integers");
  }
  const PickleValue* state = state_of(value);
  const bool big_endian =
      state != nullptr && Arguments(*state, "the state of a dtype").text(1) == ">";
  return {code[0], static_cast<std::size_t>(code[1] - '0'), big_endian};
}

std::vector<std::int64_t> shape_of(const PickleValue& tuple) {
  constexpr std::size_t most_dimensions = 32;
  if (tuple.items.size() > most_dimensions) {
    throw PickleError(tuple.place, std::to_string(tuple.items.size()) + " dimensions", "1 or 2");
  }
  std::vector<std::int64_t> shape;
  for (const PickleValue* size : tuple.items) {
    if (size->kind != Kind::integer || size->integer < 0) {
      throw PickleError(
          tuple.place,
          "a shape with " +
              (size->kind == Kind::integer ? std::to_string(size->integer) : description_of(*size)),
          "integers of 0 or more");
    }
    shape.push_back(size->integer);
  }
  return shape;
}

/// The description of an array.
struct Array {
  std::size_t place = 0;
  Type type{};
  bool fortran = false;
  std::vector<std::int64_t> shape{};  ///< empty for a scalar
  Content content{};

  std::string text() const {
    std::string words =
        std::string("an array of type ") + type.kind + std::to_string(type.item_bytes);
    std::vector<std::string> sizes;
    for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
    return words + " and shape [" + join(sizes) + "]" + (fortran ? " in Fortran order" : "");
  }

  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    throw PickleError(place, found, expected);
  }

  std::size_t byte_count() const {
    std::size_t bytes = type.item_bytes;
    for (const std::int64_t size : shape) {
      if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(size), &bytes)) {
        reject(text(), "one that fits into memory");
      }
    }
    return bytes;
  }
};

Array array_with_state(const PickleValue& value) {
  const PickleValue* state = state_of(value);
  if (state == nullptr) {
    throw PickleError(value.place, "an array without its content", "the content");
  }
  const Arguments given(*state, "the state of an array");
  return {.place = value.place,
          .type = type_of(given.at(2)),
          .fortran = given.at(3, Kind::boolean).integer != 0,
          .shape = shape_of(given.at(1, Kind::tuple)),
          .content = content_of(given.at(4))};
}

Array array_of(const PickleValue& value) {
  const std::string_view function = called(value);
  if (function == "_reconstruct" || (function == "_frombuffer" && state_of(value) != nullptr)) {
    return array_with_state(value);
  }
  if (function == "_frombuffer") {
    const Arguments given = arguments_of(value);
    return {.place = value.place,
            .type = type_of(given.at(1)),
            .fortran = given.text(3) != "C",
            .shape = shape_of(given.at(2, Kind::tuple)),
            .content = content_of(given.at(0))};
  }
  if (function == "scalar") {
    const Arguments given = arguments_of(value);
    return {.place = value.place, .type = type_of(given.at(0)), .content = content_of(given.at(1))};
  }
  throw PickleError(value.place, description_of(value), "a numpy array");
}

std::string decode_latin1(const Array& array) {
  const std::string_view utf8 = array.content.text;
  std::string bytes;
  bytes.reserve(utf8.size());
  for (std::size_t k = 0; k < utf8.size(); ++k) {
    const auto unit = static_cast<unsigned char>(utf8[k]);
    if (unit < 0x80) {
      bytes += static_cast<char>(unit);
      continue;
    }
    const bool two = (unit == 0xC2 || unit == 0xC3) && k + 1 < utf8.size() &&
                     (static_cast<unsigned char>(utf8[k + 1]) & 0xC0) == 0x80;
    if (!two) array.reject("bytes written as a text that is not Latin-1", "code points below 256");
    ++k;
    bytes += static_cast<char>((unit & 3) << 6 | (static_cast<unsigned char>(utf8[k]) & 0x3F));
  }
  return bytes;
}

/// The bytes of the array: in the pickle or, if they are written as text, in `decoded`.
std::string_view bytes_of(const Array& array, std::string& decoded) {
  const std::size_t expected = array.byte_count();
  const auto require = [&](bool fits, std::size_t found) {
    if (fits) return;
    array.reject(array.text() + " with " + counted(found, "byte"), std::to_string(expected));
  };
  const std::string_view text = array.content.text;
  if (!array.content.utf8) {
    require(text.size() == expected, text.size());
    return text;
  }
  // A byte takes one or two bytes of UTF-8. Checking before decoding avoids decoding a text that
  // many arrays share for each of them.
  require(text.size() >= expected && text.size() / 2 <= expected, text.size());
  decoded = decode_latin1(array);
  require(decoded.size() == expected, decoded.size());
  return decoded;
}

std::int64_t integer_at(const Type& type, std::string_view item) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < item.size(); ++k) {
    const char byte = item[type.big_endian ? k : item.size() - 1 - k];
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  if (type.kind == 'u') return static_cast<std::int64_t>(value);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(item.size());
  return static_cast<std::int64_t>(value << unused) >> unused;
}

/// @param dimensions  0 for a scalar
std::vector<std::int64_t> integers_of_array(const PickleValue& value, std::size_t dimensions) {
  const Array array = array_of(value);
  const Type& type = array.type;
  if ((type.kind != 'i' && type.kind != 'u') || array.shape.size() != dimensions) {
    array.reject(array.text(), dimensions == 0 ? "an integer" : "integers in one dimension");
  }
  std::string decoded;
  const std::string_view bytes = bytes_of(array, decoded);
  std::vector<std::int64_t> integers;
  integers.reserve(bytes.size() / type.item_bytes);
  for (std::size_t at = 0; at < bytes.size(); at += type.item_bytes) {
    integers.push_back(integer_at(type, bytes.substr(at, type.item_bytes)));
  }
  return integers;
}

}  // namespace

void require_numpy_names(const Pickle& pickle) {
  for (const PickleValue& value : pickle.values()) {
    if (value.kind == Kind::name && !is_known(value)) {
      throw PickleError(
          value.place, description_of(value),
          "names of numpy's arrays only: this pickle wants to run other code, which is not done");
    }
  }
}

ByteArray::ByteArray(const PickleValue& value, const std::vector<std::int64_t>& shape,
                     const std::string& why) {
  const Array found = array_of(value);
  const Array expected{.type = {.kind = 'u', .item_bytes = 1}, .shape = shape};
  const bool same = found.type.kind == 'u' && found.type.item_bytes == 1 &&
                    found.shape == expected.shape && !found.fortran;
  if (!same) found.reject(found.text(), expected.text() + ", " + why);
  view_ = bytes_of(found, decoded_);
}

std::vector<std::int64_t> integers_of(const PickleValue& value) {
  if (value.kind == Kind::call) return integers_of_array(value, 1);
  if (value.kind != Kind::list) {
    throw PickleError(value.place, description_of(value), "a list or array of integers");
  }
  std::vector<std::int64_t> integers;
  integers.reserve(value.items.size());
  for (const PickleValue* item : value.items) {
    if (item->kind == Kind::integer) {
      integers.push_back(item->integer);
    } else {
      integers.push_back(integers_of_array(*item, 0).front());
    }
  }
  return integers;
}

}  // namespace wrcor::numpy
