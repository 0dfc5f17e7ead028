#pragma once

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// A part of a pickle. Parts refer to each other, in circles if the pickle says so: no reader of
/// them may follow references without bound.
struct PickleValue {
  enum class Kind {
    none,
    boolean,
    integer,
    number,
    text,
    bytes,
    name,        ///< of a class or a function: `text` is "module.name"
    tuple,       ///< `items`
    list,        ///< `items`
    dictionary,  ///< `items`: key, value, key, ...
    call,  ///< `items`: what would be called, its arguments, and the object's state if it has one
    reference,  ///< `items`: the identity of something that is stored beside the pickle
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;  ///< of a boolean, too
  double number = 0;
  std::string text;
  std::vector<const PickleValue*> items;
};

/// A text that is no pickle, or one of other instructions than those that are known. One line.
struct PickleError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A pickle (protocols 2 to 4) read as data: nothing that it names is looked up or run. What Python
/// would call is kept as a value of the kind `call`.
class Pickle {
 public:
  static constexpr std::size_t longest = 16 << 20;  ///< bytes
  static constexpr std::size_t most_values =
      1'000'000;  ///< which bounds the memory, to about 100 MB

  /// @throws PickleError.
  explicit Pickle(std::string_view program);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const PickleValue& root() const { return *root_; }

 private:
  std::deque<PickleValue> values_;  ///< owns all parts, which stay where they are
  const PickleValue* root_ = nullptr;

  friend class PickleReader;
};

}  // namespace wrcor
