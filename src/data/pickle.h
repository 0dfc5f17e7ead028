#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// A part of a pickle. Parts refer to each other, possibly in cycles: a reader must not follow
/// references without bound.
struct PickleValue {
  enum class Kind {
    none,
    boolean,
    integer,
    number,  ///< of which only its presence is kept
    text,
    bytes,
    name,        ///< of a class or a function: `text` of `module`
    tuple,       ///< `items`
    list,        ///< `items`
    dictionary,  ///< `items`: key, value, key, ...; an OrderedDict, too
    call,       ///< `items`: what would be called, its arguments, and each state that the object is
                ///< given
    reference,  ///< `items`: the identity of something that is stored next to the pickle
  };
  Kind kind = Kind::none;
  std::size_t place = 0;      ///< byte of the pickle that it was made at
  std::int64_t integer = 0;   ///< of a boolean, too
  std::string_view text{};    ///< lies in the pickle, as does `module`
  std::string_view module{};  ///< of a name
  std::vector<const PickleValue*> items{};

  bool is_name(std::string_view in_module, std::string_view name) const {
    return kind == Kind::name && module == in_module && text == name;
  }
};

/// "None", "a list", "'os.system'", "a call of 'os.system'".
std::string description_of(const PickleValue& value);

/// The text is not a pickle, or its content is not the expected one. One line.
struct PickleError : std::runtime_error {
  /// "found FOUND at byte PLACE, expected EXPECTED"
  PickleError(std::size_t place, const std::string& found, const std::string& expected);
};

/// A pickle, protocols 2 to 5, read as data: nothing that it names is looked up or run. A call that
/// Python would make is kept as a value of the kind `call`. Items that Python would add to the
/// result of a call, other than by a state, are omitted; only an OrderedDict is filled, as a
/// dictionary. Texts that Python 2 wrote are bytes. Source: Python's Lib/pickletools.py.
class Pickle {
 public:
  /// Bounds the memory: far more than 130,000 labels in a list or the tensors of a network need.
  static constexpr std::size_t most_instructions = 2'000'000;

  /// @param program  the whole text, which must outlive the pickle
  /// @throws PickleError. Memory is within a constant factor of the size of `program`, time within
  ///         that of sorting it, and no value nests by recursion.
  explicit Pickle(std::string_view program);
  explicit Pickle(std::string&&) = delete;  // a temporary would not outlive the object
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const PickleValue& root() const { return *root_; }

  /// All parts, in the order of their places.
  const std::deque<PickleValue>& values() const { return values_; }

 private:
  std::deque<PickleValue> values_;  ///< a deque, so that addresses are stable
  const PickleValue* root_ = nullptr;
};

}  // namespace wrcor
