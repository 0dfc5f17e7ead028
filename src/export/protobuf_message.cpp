#include "internal/protobuf_message.h"

#include <bit>

namespace wrcor {

ProtobufMessage& ProtobufMessage::add(int field, std::int64_t value) {
  add_key(field, Wire::varint);
  add_varint(static_cast<std::uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::add(int field, float value) {
  add_key(field, Wire::four_bytes);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int byte = 0; byte < 4; ++byte) bytes_ += static_cast<char>(bits >> 8 * byte);
  return *this;
}

ProtobufMessage& ProtobufMessage::add(int field, std::string_view bytes) {
  add_key(field, Wire::length_delimited);
  add_varint(bytes.size());
  bytes_ += bytes;
  return *this;
}

ProtobufMessage& ProtobufMessage::add(int field, const ProtobufMessage& message) {
  return add(field, std::string_view(message.bytes()));
}

void ProtobufMessage::add_key(int field, Wire wire) {
  add_varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire));
}

/// Seven bits a byte, the lowest first; the eighth bit says that more follow.
void ProtobufMessage::add_varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

}  // namespace wrcor
