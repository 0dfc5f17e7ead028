#include "core/hash.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "core/file.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
}

Sha256::~Sha256() = default;

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(std::string_view text) {
  return update(std::as_bytes(std::span(text.data(), text.size())));
}

std::vector<unsigned char> Sha256::finish() {
  std::vector<unsigned char> digest(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &size);
  digest.resize(size);
  return digest;
}

std::string Sha256::hex() { return hex_of(finish()); }

std::string Sha256::base64() {
  const std::vector<unsigned char> digest = finish();
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {text.begin(), text.begin() + length};
}

std::string sha256_hex(std::string_view text) { return Sha256().update(text).hex(); }

namespace {

/// The digest is looked up once per thread, because that takes longer than hashing a short text.
class Md5 {
 public:
  Md5() {
    if (EVP_DigestInit_ex(context_, EVP_md5(), nullptr) != 1)
      throw std::runtime_error("OpenSSL offers no MD5");
  }
  ~Md5() { EVP_MD_CTX_free(context_); }
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;

  std::string hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestInit_ex(context_, nullptr, nullptr);
    EVP_DigestUpdate(context_, text.data(), text.size());
    EVP_DigestFinal_ex(context_, digest.data(), &size);
    return hex_of(std::span(digest).first(size));
  }

 private:
  EVP_MD_CTX* context_ = EVP_MD_CTX_new();
};

}  // namespace

std::string md5_hex(std::string_view text) {
  thread_local Md5 digest;
  return digest.hex(text);
}

std::string sha256_of_file(const std::filesystem::path& path) {
  InputFile stream = open_to_read(path);
  std::string block(1 << 16, '\0');
  Sha256 digest;
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())),
         stream.gcount() > 0) {
    digest.update(std::string_view(block).substr(0, static_cast<std::size_t>(stream.gcount())));
  }
  if (stream.bad()) throw DataError("cannot read '" + path.string() + "' to its end");
  return digest.hex();
}

namespace {

// FNV-1a, then the finaliser of SplitMix64, so that similar inputs give unrelated seeds.
constexpr std::uint64_t fnv_offset = 14695981039346656037ull;
constexpr std::uint64_t fnv_prime = 1099511628211ull;

std::uint64_t add_byte(std::uint64_t hash, unsigned char byte) { return (hash ^ byte) * fnv_prime; }

std::uint64_t finalise(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = fnv_offset;
  for (std::string_view part : parts) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash = add_byte(hash, static_cast<unsigned char>(part.size() >> shift));
    }
    for (char c : part) hash = add_byte(hash, static_cast<unsigned char>(c));
  }
  return finalise(hash);
}

}  // namespace wrcor
