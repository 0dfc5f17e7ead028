#include "pickle.h"

#include <spdlog/fmt/fmt.h>

#include <bit>
#include <map>

namespace wrcor {
namespace {

using Kind = PickleValue::Kind;

/// The instructions that Python's pickle module writes for plain data, protocols 2 to 4.
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
  string1 = 'U',
  string4 = 'T',
  bytes1 = 'C',
  bytes4 = 'B',
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

}  // namespace

/// The machine that a pickle is a program of: a stack, marks in it, and a memo.
class PickleReader {
 public:
  PickleReader(std::string_view program, Pickle& result)
      : program_(program), values_(result.values_) {}

  const PickleValue* run() {
    if (program_.size() > Pickle::longest) throw PickleError("a pickle of more than 16 MiB");
    for (;;) {
      const auto instruction = static_cast<unsigned char>(take(1)[0]);
      if (instruction == stop) return pop();
      step(instruction);
    }
  }

 private:
  void step(unsigned char instruction) {
    switch (instruction) {
      case protocol:
        take(1);
        return;
      case frame:
        take(8);
        return;
      case mark:
        marks_.push_back(stack_.size());
        return;
      case put1:
        memo_[number(1)] = top();
        return;
      case put4:
        memo_[number(4)] = top();
        return;
      case memoize:
        memo_[memo_.size()] = top();
        return;
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
        return extend(Kind::call, pop_last(1));
      case global:
        return push_name();
      case stack_global:
        return push_name_of(pop_last(2));
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
        push(Kind::integer).integer = number(1);
        return;
      case int2:
        push(Kind::integer).integer = number(2);
        return;
      case int4:
        push(Kind::integer).integer = static_cast<std::int32_t>(number(4));
        return;
      case long1:
        push(Kind::integer).integer = long_integer();
        return;
      case float8:
        push(Kind::number).number = big_endian_double();
        return;
      case unicode1:
      case string1:
        push(Kind::text).text = take(number(1));
        return;
      case unicode4:
      case string4:
        push(Kind::text).text = take(number(4));
        return;
      case bytes1:
        push(Kind::bytes).text = take(number(1));
        return;
      case bytes4:
        push(Kind::bytes).text = take(number(4));
        return;
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
        throw PickleError(fmt::format("an unknown instruction 0x{:02x} at byte {} of the pickle",
                                      instruction, position_ - 1));
    }
  }

  std::string_view take(std::size_t length) {
    if (length > program_.size() - position_) throw PickleError("a pickle that is cut short");
    position_ += length;
    return program_.substr(position_ - length, length);
  }

  std::string_view take_line() {
    const std::size_t end = program_.find('\n', position_);
    if (end == program_.npos) throw PickleError("a pickle that is cut short");
    const std::string_view line = take(end - position_);
    take(1);
    return line;
  }

  /// An unsigned number in little endian.
  std::uint32_t number(std::size_t length) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; const char byte : take(length)) {
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << 8 * i++;
    }
    return value;
  }

  std::int64_t long_integer() {
    const std::string_view bytes = take(number(1));
    if (bytes.size() > 8) throw PickleError("an integer of more than 64 bits");
    std::uint64_t value = !bytes.empty() && (bytes.back() & '\x80') != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return static_cast<std::int64_t>(value);
  }

  double big_endian_double() {
    std::uint64_t bits = 0;
    for (const char byte : take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
    return std::bit_cast<double>(bits);
  }

  PickleValue& push(Kind kind) {
    if (values_.size() == Pickle::most_values) throw PickleError("a pickle of too many values");
    PickleValue& value = values_.emplace_back();
    value.kind = kind;
    stack_.push_back(&value);
    return value;
  }

  void push_name() {
    const std::string_view module = take_line();
    push(Kind::name).text = std::string(module) + "." + std::string(take_line());
  }

  void push_name_of(const std::vector<const PickleValue*>& parts) {
    if (parts[0]->kind != Kind::text || parts[1]->kind != Kind::text) throw broken();
    push(Kind::name).text = parts[0]->text + "." + parts[1]->text;
  }

  void collect(Kind kind, std::vector<const PickleValue*> items) {
    push(kind).items = std::move(items);
  }

  /// Adds the items to the value on top of the stack, which has to be of the kind, or a call, as
  /// objects of Python's classes can be lists and dictionaries: their items are left out.
  void extend(Kind kind, std::vector<const PickleValue*> items) {
    PickleValue& target = *top();
    if (kind == Kind::dictionary && items.size() % 2 != 0) throw broken();
    if (target.kind != kind && target.kind != Kind::call) throw broken();
    if (target.kind == kind) target.items.insert(target.items.end(), items.begin(), items.end());
  }

  void recall(std::uint32_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) throw broken();
    stack_.push_back(found->second);
  }

  PickleValue* top() const {
    if (stack_.size() <= bottom()) throw broken();
    return stack_.back();
  }

  PickleValue* pop() {
    PickleValue* value = top();
    stack_.pop_back();
    return value;
  }

  std::vector<const PickleValue*> pop_last(std::size_t count) {
    if (stack_.size() < bottom() + count) throw broken();
    std::vector<const PickleValue*> items(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                          stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }

  std::vector<const PickleValue*> pop_to_mark() {
    if (marks_.empty()) throw broken();
    auto items = pop_last(stack_.size() - bottom());
    marks_.pop_back();
    return items;
  }

  /// Where the part of the stack begins that an instruction may use.
  std::size_t bottom() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleError broken() const {
    return PickleError(fmt::format("a broken pickle, at byte {}", position_));
  }

  std::string_view program_;
  std::size_t position_ = 0;
  std::deque<PickleValue>& values_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleValue*> memo_;
};

Pickle::Pickle(std::string_view program) { root_ = PickleReader(program, *this).run(); }

}  // namespace wrcor
