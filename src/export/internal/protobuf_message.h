#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wrcor {

/// A message in the wire format of Protocol Buffers, field by field.
/// Source: https://protobuf.dev/programming-guides/encoding.
class ProtobufMessage {
 public:
  ProtobufMessage& add(int field, std::int64_t value);
  ProtobufMessage& add(int field, float value);
  ProtobufMessage& add(int field, std::string_view bytes);
  ProtobufMessage& add(int field, const ProtobufMessage& message);
  // Text would be a number otherwise.
  ProtobufMessage& add(int field, const char* text) { return add(field, std::string_view(text)); }
  ProtobufMessage& add(int field, int value) { return add(field, std::int64_t{value}); }

  const std::string& bytes() const { return bytes_; }

 private:
  enum class Wire { varint = 0, length_delimited = 2, four_bytes = 5 };

  void add_key(int field, Wire wire);
  void add_varint(std::uint64_t value);

  std::string bytes_;
};

}  // namespace wrcor
