#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// Incremental SHA-256 (OpenSSL's EVP).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::span<const std::byte> bytes);
  Sha256& update(std::string_view text);
  /// Ends the digest: 64 lower-case hexadecimal digits. Call only one of hex() and base64(), once.
  std::string hex();
  /// Ends the digest: its 32 bytes in base64 (RFC 4648).
  std::string base64();

 private:
  std::vector<unsigned char> finish();

  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view text);

/// 32 lower-case hexadecimal digits. Benchmarks name architectures by it; it protects nothing.
std::string md5_hex(std::string_view text);

/// Of the content of a file, which is read block by block. @throws DataError.
std::string sha256_of_file(const std::filesystem::path& path);

/// Stable 64-bit hash of a list of texts: equal on every platform and in every version. The lengths
/// are hashed, too, so {"ab", "c"} and {"a", "bc"} differ.
std::uint64_t stable_hash(std::initializer_list<std::string_view> parts);

}  // namespace wrcor
