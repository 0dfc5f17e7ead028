#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor::numpy {

// Python's pickle format taken as data. A pickle is a program for a stack machine that may call
// any function; this reader knows the instructions that build values and the few functions that
// numpy's arrays need, which it does not call but understands. Any other function is refused by
// name.
// Source: Python's Lib/pickletools.py, protocols 2 to 5; numpy's array and dtype `__reduce__`.

enum class PickleKind {
  none,
  boolean,
  integer,
  real,
  text,
  bytes,
  list,
  tuple,
  dictionary,
  name,
  array,
  dtype
};

/// Position of a value in its document. Values refer to each other by it, in circles if a file
/// says so.
using PickleIndex = std::uint32_t;

struct PickleValue {
  PickleKind kind = PickleKind::none;
  std::size_t place = 0;       ///< byte of the file that it was made at
  std::int64_t integer = 0;    ///< of an integer or boolean; of an array 1 for Fortran order
  std::string_view content{};  ///< of text (UTF-8), bytes, a name ("numpy.dtype"), a dtype ("u1")
  bool utf8 = false;           ///< bytes: written as text, a code point below 256 each
  /// Of a list or tuple; of a dictionary: keys and values in turn; of an array: dtype, bytes and,
  /// unless it is a scalar, shape; of a dtype with a state: its byte order, as text.
  std::vector<PickleIndex> items{};
};

struct PickleDocument {
  std::vector<PickleValue> values;
  PickleIndex root = 0;

  const PickleValue& operator[](PickleIndex index) const { return values[index]; }
};

/// @param bytes  of the whole file; the document's texts and bytes point into it
/// @param name   of the file, for messages
/// @throws DataError, one line with the place, what was found and expected. Time and memory are
///         within a constant factor of the size of `bytes`, and no value nests by recursion.
PickleDocument parse_pickle(std::string_view bytes, const std::string& name);

/// "NAME: found FOUND at byte PLACE, expected EXPECTED". @throws DataError
[[noreturn]] void reject_pickle(const std::string& name, std::size_t place,
                                const std::string& found, const std::string& expected);

/// "a list", "an array".
std::string words_for(PickleKind kind);

}  // namespace wrcor::numpy
