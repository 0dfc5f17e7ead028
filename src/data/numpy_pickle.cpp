#include "numpy_pickle.h"

#include <array>
#include <limits>
#include <unordered_map>
#include <utility>

#include "numpy_names.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"

namespace wrcor::numpy {
namespace {

/// Far more than the 130,000 labels of a published file take; bounds the memory for what is made.
constexpr std::size_t most_instructions = 2'000'000;

enum class Opcode : unsigned char {
  mark = '(',
  stop = '.',
  bin_int = 'J',
  bin_int_1 = 'K',
  bin_int_2 = 'M',
  none = 'N',
  reduce = 'R',
  bin_string = 'T',
  short_bin_string = 'U',
  bin_unicode = 'X',
  append = 'a',
  build = 'b',
  global = 'c',
  appends = 'e',
  bin_float = 'G',
  bin_get = 'h',
  long_bin_get = 'j',
  bin_put = 'q',
  long_bin_put = 'r',
  set_item = 's',
  tuple = 't',
  set_items = 'u',
  empty_tuple = ')',
  empty_list = ']',
  empty_dictionary = '}',
  bin_bytes = 'B',
  short_bin_bytes = 'C',
  protocol = 0x80,
  tuple_1 = 0x85,
  tuple_2 = 0x86,
  tuple_3 = 0x87,
  new_true = 0x88,
  new_false = 0x89,
  long_1 = 0x8a,
  short_bin_unicode = 0x8c,
  bin_unicode_8 = 0x8d,
  bin_bytes_8 = 0x8e,
  stack_global = 0x93,
  memoize = 0x94,
  frame = 0x95,
  byte_array_8 = 0x96,
};

std::string hexadecimal(unsigned byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  PickleDocument run() {
    check_protocol();
    for (std::size_t count = 0;; ++count) {
      if (count == most_instructions) {
        reject("instruction " + std::to_string(count + 1),
               "at most " + std::to_string(most_instructions));
      }
      start_ = at_;
      const auto opcode = static_cast<Opcode>(number(1));
      if (opcode == Opcode::stop) return finished();
      step(opcode);
    }
  }

 private:
  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    reject_pickle(name_, start_, found, expected);
  }

  void check_protocol() {
    if (bytes_.empty()) reject("an empty file", "a pickle");
    if (static_cast<Opcode>(bytes_[0]) != Opcode::protocol) {
      reject("no pickle of protocol 2 to 5", "the byte 0x80 that starts one");
    }
  }

  PickleDocument finished() {
    if (at_ != bytes_.size()) {
      start_ = at_;
      reject(std::to_string(bytes_.size() - at_) + " more bytes", "the end of the pickle");
    }
    document_.root = pop();
    return std::move(document_);
  }

  // --- reading

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - at_) {
      reject("the end of the file, " + std::to_string(bytes_.size() - at_) + " bytes on",
             std::to_string(count) + " more bytes");
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }

  /// An unsigned number, little endian.
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    const std::string_view digits = take(size);
    for (std::size_t k = size; k-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[k]);
    return value;
  }

  std::string_view counted(std::size_t size_of_count) { return take(number(size_of_count)); }

  /// Any size up to eight bytes, two's complement.
  std::int64_t signed_number(std::size_t size) {
    if (size == 0) return 0;
    if (size > 8) reject("an integer of " + std::to_string(size) + " bytes", "at most 8");
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    return static_cast<std::int64_t>(number(size) << unused) >> unused;
  }

  std::string_view line() {
    constexpr std::size_t longest = 200;
    const std::size_t end = bytes_.substr(at_, longest).find('\n');
    if (end == std::string_view::npos) reject("no end of a name", "a line feed");
    return take(end + 1).substr(0, end);
  }

  // --- the stack

  PickleIndex push(PickleValue value) {
    value.place = start_;
    document_.values.push_back(std::move(value));
    const auto index = static_cast<PickleIndex>(document_.values.size() - 1);
    stack_.push_back(index);
    return index;
  }

  std::size_t bottom() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleIndex top() const {
    if (stack_.size() <= bottom()) reject("an empty stack", "a value on it");
    return stack_.back();
  }

  PickleIndex pop() {
    const PickleIndex value = top();
    stack_.pop_back();
    return value;
  }

  std::vector<PickleIndex> pop(std::size_t count) {
    if (stack_.size() - bottom() < count) {
      reject("a stack of " + std::to_string(stack_.size() - bottom()),
             std::to_string(count) + " values on it");
    }
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<PickleIndex> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    return values;
  }

  std::vector<PickleIndex> pop_to_mark() {
    if (marks_.empty()) reject("no mark on the stack", "one");
    std::vector<PickleIndex> values = pop(stack_.size() - marks_.back());
    marks_.pop_back();
    return values;
  }

  // --- instructions

  void push_integer(PickleKind kind, std::int64_t value) { push({.kind = kind, .integer = value}); }

  void push_text(PickleKind kind, std::string_view content) {
    push({.kind = kind, .content = content});
  }

  void push_tuple(std::vector<PickleIndex> items) {
    push({.kind = PickleKind::tuple, .items = std::move(items)});
  }

  /// Adds to the container that is now on top of the stack.
  void extend(PickleKind kind, const std::vector<PickleIndex>& items) {
    PickleValue& container = document_.values[top()];
    if (container.kind != kind) reject(words_for(container.kind), words_for(kind));
    if (kind == PickleKind::dictionary && items.size() % 2 != 0) {
      reject("a key without a value", "pairs");
    }
    container.items.insert(container.items.end(), items.begin(), items.end());
  }

  void push_name(std::string_view module, std::string_view name) {
    const std::string_view known = known_pickle_name(module, name);
    if (known.empty()) {
      reject(
          in_quotes(std::string(module.substr(0, 60)) + "." + std::string(name.substr(0, 60))),
          "names of numpy's arrays only: this pickle wants to run other code, which is not done");
    }
    push_text(PickleKind::name, known);
  }

  void push_stack_name() {
    const std::vector<PickleIndex> names = pop(2);
    for (const PickleIndex name : names) {
      if (document_[name].kind != PickleKind::text) {
        reject(words_for(document_[name].kind), "a name");
      }
    }
    push_name(document_[names[0]].content, document_[names[1]].content);
  }

  void remember(std::uint64_t key) { memo_[key] = top(); }

  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) reject("no value number " + std::to_string(key), "one made before");
    stack_.push_back(found->second);
  }

  void call() {
    const std::vector<PickleIndex> operands = pop(2);
    push(call_pickle_name(document_, operands[0], operands[1], {name_, start_}));
  }

  void set_state() {
    const PickleIndex state = pop();
    set_pickle_state(document_, top(), state, {name_, start_});
  }

  void step(Opcode opcode) {
    using enum PickleKind;
    switch (opcode) {
      case Opcode::protocol:
        if (const auto version = number(1); version < 2 || version > 5) {
          reject("protocol " + std::to_string(version), "2 to 5");
        }
        return;
      case Opcode::frame:
        if (const auto size = number(8); size > bytes_.size() - at_) {
          reject("a frame of " + std::to_string(size) + " bytes",
                 "at most the " + std::to_string(bytes_.size() - at_) + " that are left");
        }
        return;
      case Opcode::none:
        return push_integer(PickleKind::none, 0);
      case Opcode::new_true:
        return push_integer(boolean, 1);
      case Opcode::new_false:
        return push_integer(boolean, 0);
      case Opcode::bin_int:
        return push_integer(integer, signed_number(4));
      case Opcode::bin_int_1:
        return push_integer(integer, static_cast<std::int64_t>(number(1)));
      case Opcode::bin_int_2:
        return push_integer(integer, static_cast<std::int64_t>(number(2)));
      case Opcode::long_1:
        return push_integer(integer, signed_number(number(1)));
      case Opcode::bin_float:
        return push_text(real, take(8));
      case Opcode::short_bin_string:
      case Opcode::short_bin_bytes:
        return push_text(PickleKind::bytes, counted(1));
      case Opcode::bin_string:
      case Opcode::bin_bytes:
        return push_text(PickleKind::bytes, counted(4));
      case Opcode::bin_bytes_8:
      case Opcode::byte_array_8:
        return push_text(PickleKind::bytes, counted(8));
      case Opcode::short_bin_unicode:
        return push_text(text, counted(1));
      case Opcode::bin_unicode:
        return push_text(text, counted(4));
      case Opcode::bin_unicode_8:
        return push_text(text, counted(8));
      case Opcode::mark:
        return marks_.push_back(stack_.size());
      case Opcode::empty_tuple:
        return push_tuple({});
      case Opcode::tuple_1:
        return push_tuple(pop(1));
      case Opcode::tuple_2:
        return push_tuple(pop(2));
      case Opcode::tuple_3:
        return push_tuple(pop(3));
      case Opcode::tuple:
        return push_tuple(pop_to_mark());
      case Opcode::empty_list:
        return push_integer(list, 0);
      case Opcode::empty_dictionary:
        return push_integer(dictionary, 0);
      case Opcode::append:
        return extend(list, pop(1));
      case Opcode::appends:
        return extend(list, pop_to_mark());
      case Opcode::set_item:
        return extend(dictionary, pop(2));
      case Opcode::set_items:
        return extend(dictionary, pop_to_mark());
      case Opcode::bin_put:
        return remember(number(1));
      case Opcode::long_bin_put:
        return remember(number(4));
      case Opcode::memoize:
        return remember(memo_.size());
      case Opcode::bin_get:
        return recall(number(1));
      case Opcode::long_bin_get:
        return recall(number(4));
      case Opcode::global: {
        const std::string_view module = line();
        return push_name(module, line());
      }
      case Opcode::stack_global:
        return push_stack_name();
      case Opcode::reduce:
        return call();
      case Opcode::build:
        return set_state();
      default:
        reject("the opcode " + hexadecimal(static_cast<unsigned>(opcode)),
               "one that numpy's arrays need");
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  ///< of the present instruction
  PickleDocument document_;
  std::vector<PickleIndex> stack_;
  std::vector<std::size_t> marks_;  ///< sizes of the stack
  std::unordered_map<std::uint64_t, PickleIndex> memo_;
};

}  // namespace

PickleDocument parse_pickle(std::string_view bytes, const std::string& name) {
  return PickleMachine(bytes, name).run();
}

void reject_pickle(const std::string& name, std::size_t place, const std::string& found,
                   const std::string& expected) {
  throw DataError(name + ": found " + found + " at byte " + std::to_string(place) + ", expected " +
                  expected);
}

std::string words_for(PickleKind kind) {
  constexpr std::array words = {"None",         "a boolean", "an integer", "a number",
                                "a text",       "bytes",     "a list",     "a tuple",
                                "a dictionary", "a name",    "an array",   "a dtype"};
  return words[static_cast<std::size_t>(kind)];
}

}  // namespace wrcor::numpy
