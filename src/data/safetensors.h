#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Files of safetensors: eight bytes with the length of a header, little-endian; the header, a JSON
// object with the type, the shape and the place of each tensor by its name; then the bytes of all
// tensors. Source: "Format" of https://github.com/huggingface/safetensors.
namespace wrcor {

/// The error in such a file, in one line.
struct SafetensorsError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The description of a tensor in a header.
struct StoredTensor {
  std::string name;
  std::string type;                  ///< of its elements: "F32"
  std::vector<std::int64_t> shape;   ///< row by row
  std::uint64_t begin = 0, end = 0;  ///< of its bytes, from the end of the header
};

struct SafetensorsHeader {
  static constexpr std::uint64_t length_bytes = 8;
  static constexpr std::uint64_t longest = 16 << 20;  ///< bytes; one tensor takes about 100

  std::vector<StoredTensor> tensors;            ///< by place
  std::map<std::string, std::string> metadata;  ///< of the file

  /// The length that the first bytes of a file state. @param start  length_bytes of them
  /// @throws SafetensorsError when it is more than `longest`
  static std::uint64_t length(std::string_view start);

  /// Reads a header. The tensors fill the rest of the file without gaps and without overlaps, each
  /// with as many bytes as its type and shape take.
  /// @param text        without its length
  /// @param data_bytes  of the file after the header
  /// @throws SafetensorsError
  static SafetensorsHeader parse(std::string_view text, std::uint64_t data_bytes);

  /// The start of a file: the length and the header, padded so that the data start at a multiple of
  /// eight bytes.
  std::string format() const;
};

}  // namespace wrcor
