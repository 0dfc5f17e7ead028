#include "numpy_array.h"

#include <optional>

#include "wrcor/core/suggest.h"

namespace wrcor::numpy {
namespace {

/// What an array says of itself, checked against the bytes that it has.
struct Array {
  char type = 0;  ///< 'u', 'i', 'f', ...
  std::size_t item_bytes = 0;
  bool big_endian = false;
  bool fortran = false;
  std::vector<std::int64_t> shape{};  ///< empty for a scalar
  const PickleValue* content = nullptr;

  std::string text() const {
    std::string words = std::string("an array of type ") + type + std::to_string(item_bytes);
    std::vector<std::string> sizes;
    for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
    return words + " and shape [" + join(sizes) + "]" + (fortran ? " in Fortran order" : "");
  }
};

class ArrayReader {
 public:
  ArrayReader(const PickleDocument& document, const PickleValue& value, const std::string& name)
      : document_(document), value_(value), name_(name) {}

  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    reject_pickle(name_, value_.place, found, expected);
  }

  Array read() const {
    if (value_.kind != PickleKind::array) reject(words_for(value_.kind), "a numpy array");
    if (value_.items.empty()) reject("an array without its content", "the content");
    Array array;
    read_type(array, document_[value_.items[0]]);
    array.content = &document_[value_.items[1]];
    array.fortran = value_.integer != 0;
    if (value_.items.size() > 2) read_shape(array, document_[value_.items[2]]);
    return array;
  }

  /// The bytes of the array, where they lie or, where they are written as text, in `decoded`.
  std::string_view bytes(const Array& array, std::string& decoded) const {
    const std::size_t expected = byte_count(array);
    const std::string_view content = array.content->content;
    if (!array.content->utf8) {
      if (content.size() != expected) reject_size(array, content.size(), expected);
      return content;
    }
    // A byte takes one or two of UTF-8. Asking before decoding keeps a text that many arrays share
    // from being decoded for each of them.
    if (content.size() < expected || content.size() / 2 > expected) {
      reject_size(array, content.size(), expected);
    }
    decoded = decode_latin1(content);
    if (decoded.size() != expected) reject_size(array, decoded.size(), expected);
    return decoded;
  }

 private:
  void read_type(Array& array, const PickleValue& dtype) const {
    const std::string_view code = dtype.content;
    constexpr std::string_view kinds = "biufcSUV";
    const bool known =
        code.size() == 2 && kinds.find(code[0]) != kinds.npos && code[1] >= '1' && code[1] <= '8';
    if (!known) reject("an array of type " + in_quotes(code), "one of integers");
    array.type = code[0];
    array.item_bytes = static_cast<std::size_t>(code[1] - '0');
    array.big_endian = !dtype.items.empty() && document_[dtype.items[0]].content == ">";
  }

  void read_shape(Array& array, const PickleValue& shape) const {
    constexpr std::size_t most_dimensions = 32;
    if (shape.items.size() > most_dimensions) {
      reject(std::to_string(shape.items.size()) + " dimensions", "1 or 2");
    }
    for (const PickleIndex item : shape.items) {
      const PickleValue& size = document_[item];
      if (size.kind != PickleKind::integer || size.integer < 0) {
        reject("a shape with " + (size.kind == PickleKind::integer ? std::to_string(size.integer)
                                                                   : words_for(size.kind)),
               "integers of 0 or more");
      }
      array.shape.push_back(size.integer);
    }
  }

  std::size_t byte_count(const Array& array) const {
    std::size_t bytes = array.item_bytes;
    for (const std::int64_t size : array.shape) {
      if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(size), &bytes)) {
        reject(array.text(), "one that fits into memory");
      }
    }
    return bytes;
  }

  [[noreturn]] void reject_size(const Array& array, std::size_t found, std::size_t expected) const {
    reject(array.text() + " with " + std::to_string(found) + " bytes", std::to_string(expected));
  }

  std::string decode_latin1(std::string_view utf8) const {
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
      if (!two) reject("bytes written as a text that is not Latin-1", "code points below 256");
      ++k;
      bytes += static_cast<char>((unit & 3) << 6 | (static_cast<unsigned char>(utf8[k]) & 0x3F));
    }
    return bytes;
  }

  const PickleDocument& document_;
  const PickleValue& value_;
  const std::string& name_;
};

std::int64_t integer_at(const Array& array, std::string_view item) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < item.size(); ++k) {
    const char byte = item[array.big_endian ? k : item.size() - 1 - k];
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  if (array.type == 'u') return static_cast<std::int64_t>(value);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(item.size());
  return static_cast<std::int64_t>(value << unused) >> unused;
}

/// @param dimensions  0 for a scalar
std::vector<std::int64_t> integers_of_array(const PickleDocument& document,
                                            const PickleValue& value, std::size_t dimensions,
                                            const std::string& name) {
  const ArrayReader reader(document, value, name);
  const Array array = reader.read();
  if ((array.type != 'i' && array.type != 'u') || array.shape.size() != dimensions) {
    reader.reject(array.text(), dimensions == 0 ? "an integer" : "integers in one dimension");
  }
  std::string decoded;
  const std::string_view bytes = reader.bytes(array, decoded);
  std::vector<std::int64_t> integers;
  integers.reserve(bytes.size() / array.item_bytes);
  for (std::size_t at = 0; at < bytes.size(); at += array.item_bytes) {
    integers.push_back(integer_at(array, bytes.substr(at, array.item_bytes)));
  }
  return integers;
}

}  // namespace

ByteArray::ByteArray(const PickleDocument& document, const PickleValue& value,
                     const std::vector<std::int64_t>& shape, const std::string& why,
                     const std::string& name) {
  const ArrayReader reader(document, value, name);
  const Array found = reader.read();
  const Array expected{.type = 'u', .item_bytes = 1, .shape = shape};
  const bool same = found.type == expected.type && found.item_bytes == 1 &&
                    found.shape == expected.shape && !found.fortran;
  if (!same) reader.reject(found.text(), expected.text() + ", " + why);
  view_ = reader.bytes(found, decoded_);
}

std::vector<std::int64_t> integers_of(const PickleDocument& document, const PickleValue& value,
                                      const std::string& name) {
  if (value.kind == PickleKind::array) return integers_of_array(document, value, 1, name);
  if (value.kind != PickleKind::list) {
    reject_pickle(name, value.place, words_for(value.kind), "a list or array of integers");
  }
  std::vector<std::int64_t> integers;
  integers.reserve(value.items.size());
  for (const PickleIndex item : value.items) {
    const PickleValue& element = document[item];
    if (element.kind == PickleKind::integer) {
      integers.push_back(element.integer);
    } else {
      integers.push_back(integers_of_array(document, element, 0, name).front());
    }
  }
  return integers;
}

}  // namespace wrcor::numpy
