#include "data/pickle.h"

#include <spdlog/fmt/fmt.h>

#include <map>
#include <utility>

#include "core/counted.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Kind = PickleValue::Kind;

/// The instructions that Python's pickle module writes for plain data, protocols 2 to 5.
enum Instruction : unsigned char {
  mark = '(',
  stop = '.',
  none = 'N',
  new_true = 0x88,
  new_false = 0x89,
  int4 = 'J',
  int1 = 'K',
  int2 = 'M',
  long1 = 0x8a,
  float8 = 'G',
  unicode1 = 0x8c,
  unicode4 = 'X',
  unicode8 = 0x8d,
  string1 = 'U',
  string4 = 'T',
  bytes1 = 'C',
  bytes4 = 'B',
  bytes8 = 0x8e,
  byte_array8 = 0x96,
  empty_tuple = ')',
  tuple = 't',
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  empty_list = ']',
  append = 'a',
  appends = 'e',
  empty_dictionary = '}',
  set_item = 's',
  set_items = 'u',
  put1 = 'q',
  put4 = 'r',
  get1 = 'h',
  get4 = 'j',
  memoize = 0x94,
  global = 'c',
  stack_global = 0x93,
  reduce = 'R',
  new_object = 0x81,
  build = 'b',
  persistent = 'Q',
  protocol = 0x80,
  frame = 0x95,
};

std::string description_of(Kind kind) {
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::bytes:
      return "bytes";
    case Kind::name:
      return "a name";
    case Kind::tuple:
      return "a tuple";
    case Kind::list:
      return "a list";
    case Kind::dictionary:
      return "a dictionary";
    case Kind::call:
      return "a call";
    case Kind::reference:
      break;
  }
  return "a reference";
}

/// The machine that runs a pickle as its program: a stack, marks in it, and a memo.
class PickleMachine {
 public:
  PickleMachine(std::string_view program, std::deque<PickleValue>& values)
      : program_(program), values_(values) {}

  const PickleValue* run() {
    if (program_.empty()) reject("an empty file", "a pickle");
    if (static_cast<unsigned char>(program_[0]) != protocol) {
      reject("no pickle of protocol 2 to 5", "the byte 0x80 that starts one");
    }
    for (std::size_t count = 1;; ++count) {
      start_ = position_;
      const auto instruction = static_cast<unsigned char>(take(1)[0]);
      if (instruction == stop) return result();
      if (count > Pickle::most_instructions) {
        reject(fmt::format("instruction {}", count),
               fmt::format("at most {}", Pickle::most_instructions));
      }
      step(instruction);
    }
  }

 private:
  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    throw PickleError(start_, found, expected);
  }

  const PickleValue* result() {
    const PickleValue* root = pop();
    start_ = position_;
    if (left() != 0) reject(counted(left(), "more byte"), "the end of the pickle");
    return root;
  }

  // --- instructions

  void step(unsigned char instruction) {
    switch (instruction) {
      case protocol:
        return check_protocol(number(1));
      case frame:
        return check_frame(number(8));
      case mark:
        return marks_.push_back(stack_.size());
      case put1:
        return remember(number(1));
      case put4:
        return remember(number(4));
      case memoize:
        return remember(memo_.size());
      case get1:
        return recall(number(1));
      case get4:
        return recall(number(4));
      case tuple:
        return collect(Kind::tuple, pop_to_mark());
      case tuple1:
        return collect(Kind::tuple, pop_last(1));
      case tuple2:
        return collect(Kind::tuple, pop_last(2));
      case tuple3:
        return collect(Kind::tuple, pop_last(3));
      case reduce:
        return push_call(pop_last(2));
      case new_object:
        return collect(Kind::call, pop_last(2));
      case persistent:
        return collect(Kind::reference, pop_last(1));
      case append:
        return extend(Kind::list, pop_last(1));
      case appends:
        return extend(Kind::list, pop_to_mark());
      case set_item:
        return extend(Kind::dictionary, pop_last(2));
      case set_items:
        return extend(Kind::dictionary, pop_to_mark());
      case build:
        return set_state(pop());
      case global:
        return push_global();
      case stack_global:
        return push_stack_global();
      default:
        return push_plain(instruction);
    }
  }

  void push_plain(unsigned char instruction) {
    switch (instruction) {
      case none:
        push(Kind::none);
        return;
      case new_true:
      case new_false:
        push(Kind::boolean).integer = instruction == new_true;
        return;
      case int1:
        return push_integer(static_cast<std::int64_t>(number(1)));
      case int2:
        return push_integer(static_cast<std::int64_t>(number(2)));
      case int4:
        return push_integer(signed_number(4));
      case long1:
        return push_integer(signed_number(number(1)));
      case float8:
        take(8);
        push(Kind::number);
        return;
      case unicode1:
        return push_text(Kind::text, take(number(1)));
      case unicode4:
        return push_text(Kind::text, take(number(4)));
      case unicode8:
        return push_text(Kind::text, take(number(8)));
      case string1:
      case bytes1:
        return push_text(Kind::bytes, take(number(1)));
      case string4:
      case bytes4:
        return push_text(Kind::bytes, take(number(4)));
      case bytes8:
      case byte_array8:
        return push_text(Kind::bytes, take(number(8)));
      case empty_tuple:
        push(Kind::tuple);
        return;
      case empty_list:
        push(Kind::list);
        return;
      case empty_dictionary:
        push(Kind::dictionary);
        return;
      default:
        reject(fmt::format("the opcode 0x{:02x}", instruction), "one of plain data");
    }
  }

  void check_protocol(std::uint64_t version) const {
    if (version < 2 || version > 5) reject(fmt::format("protocol {}", version), "2 to 5");
  }

  void check_frame(std::uint64_t size) const {
    if (size > left()) {
      reject("a frame of " + counted(size, "byte"),
             fmt::format("at most the {} that are left", left()));
    }
  }

  PickleValue& push(Kind kind) {
    PickleValue& value = values_.emplace_back();
    value.kind = kind;
    value.place = start_;
    stack_.push_back(&value);
    return value;
  }

  void push_integer(std::int64_t integer) { push(Kind::integer).integer = integer; }

  void push_text(Kind kind, std::string_view text) { push(kind).text = text; }

  void push_name(std::string_view module, std::string_view name) {
    PickleValue& value = push(Kind::name);
    value.module = module;
    value.text = name;
  }

  void push_global() {
    const std::string_view module = take_line();
    push_name(module, take_line());
  }

  void push_stack_global() {
    const std::vector<const PickleValue*> parts = pop_last(2);
    for (const PickleValue* part : parts) {
      if (part->kind != Kind::text) reject(description_of(part->kind), "a text that is a name");
    }
    push_name(parts[0]->text, parts[1]->text);
  }

  void collect(Kind kind, std::vector<const PickleValue*> items) {
    push(kind).items = std::move(items);
  }

  /// An empty OrderedDict that is filled afterwards is treated as a dictionary.
  void push_call(std::vector<const PickleValue*> parts) {
    const bool is_dictionary = parts[0]->is_name("collections", "OrderedDict") &&
                               parts[1]->kind == Kind::tuple && parts[1]->items.empty();
    if (is_dictionary) {
      push(Kind::dictionary);
    } else {
      collect(Kind::call, std::move(parts));
    }
  }

  /// Adds the items to the value on top of the stack, which must be of the kind, or a call: objects
  /// of Python's classes can be lists and dictionaries, and their items are omitted.
  void extend(Kind kind, const std::vector<const PickleValue*>& items) {
    PickleValue& target = *top();
    if (kind == Kind::dictionary && items.size() % 2 != 0) reject("a key without a value", "pairs");
    if (target.kind == Kind::call) return;
    if (target.kind != kind) reject(description_of(target.kind), description_of(kind));
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  /// The attributes of an OrderedDict, such as the `_metadata` of a state dict, are omitted.
  void set_state(const PickleValue* state) {
    PickleValue& target = *top();
    if (target.kind == Kind::dictionary) return;
    if (target.kind != Kind::call)
      reject("a state for " + description_of(target.kind), "an object");
    target.items.push_back(state);
  }

  void remember(std::uint64_t key) { memo_[key] = top(); }

  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) reject(fmt::format("no value number {}", key), "one made before");
    stack_.push_back(found->second);
  }

  // --- the program

  std::size_t left() const { return program_.size() - position_; }

  std::string_view take(std::uint64_t length) {
    if (length > left()) {
      reject(fmt::format("the end of the file, {} on", counted(left(), "byte")),
             counted(length, "more byte"));
    }
    position_ += length;
    return program_.substr(position_ - length, length);
  }

  std::string_view take_line() {
    constexpr std::size_t longest = 200;
    const std::size_t length = program_.substr(position_, longest).find('\n');
    if (length == program_.npos) reject("no end of a name", "a line feed");
    return take(length + 1).substr(0, length);
  }

  /// An unsigned number of up to 8 bytes, little endian.
  std::uint64_t number(std::size_t length) {
    std::uint64_t value = 0;
    const std::string_view digits = take(length);
    for (std::size_t i = length; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(digits[i]);
    }
    return value;
  }

  /// The same in two's complement.
  std::int64_t signed_number(std::size_t length) {
    if (length == 0) return 0;
    if (length > 8) reject(fmt::format("an integer of {} bytes", length), "at most 8");
    const unsigned unused = 64 - 8 * static_cast<unsigned>(length);
    return static_cast<std::int64_t>(number(length) << unused) >> unused;
  }

  // --- the stack

  /// Number of values that an instruction may use.
  std::size_t height() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

  PickleValue* top() const {
    if (height() == 0) reject("an empty stack", "a value on it");
    return stack_.back();
  }

  PickleValue* pop() {
    PickleValue* value = top();
    stack_.pop_back();
    return value;
  }

  std::vector<const PickleValue*> pop_last(std::size_t count) {
    if (height() < count) {
      reject(fmt::format("a stack of {}", height()), fmt::format("{} values on it", count));
    }
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<const PickleValue*> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    return items;
  }

  std::vector<const PickleValue*> pop_to_mark() {
    if (marks_.empty()) reject("no mark on the stack", "one");
    std::vector<const PickleValue*> items = pop_last(height());
    marks_.pop_back();
    return items;
  }

  std::string_view program_;
  std::size_t position_ = 0;
  std::size_t start_ = 0;  ///< of the current instruction
  std::deque<PickleValue>& values_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;  ///< heights of the stack
  /// Ordered, because a file chooses the keys and could make all of them collide in a hash table.
  std::map<std::uint64_t, PickleValue*> memo_;
};

}  // namespace

std::string description_of(const PickleValue& value) {
  if (value.kind == Kind::name) {
    return in_quotes(fmt::format("{}.{}", value.module.substr(0, 60), value.text.substr(0, 60)));
  }
  const bool is_named_call = value.kind == Kind::call && value.items[0]->kind == Kind::name;
  return description_of(value.kind) +
         (is_named_call ? " of " + description_of(*value.items[0]) : "");
}

PickleError::PickleError(std::size_t place, const std::string& found, const std::string& expected)
    : std::runtime_error(fmt::format("found {} at byte {}, expected {}", found, place, expected)) {}

Pickle::Pickle(std::string_view program) { root_ = PickleMachine(program, values_).run(); }

}  // namespace wrcor
