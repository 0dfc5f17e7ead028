#include "numpy_names.h"

#include <array>
#include <utility>

#include "wrcor/core/suggest.h"

namespace wrcor::numpy {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> known_names{{
    {"numpy", "ndarray"},
    {"numpy", "dtype"},
    {"numpy.core.multiarray", "_reconstruct"},
    {"numpy._core.multiarray", "_reconstruct"},
    {"numpy.core.multiarray", "scalar"},
    {"numpy._core.multiarray", "scalar"},
    {"numpy.core.numeric", "_frombuffer"},
    {"numpy._core.numeric", "_frombuffer"},
    {"_codecs", "encode"},
    {"__builtin__", "bytes"},
    {"builtins", "bytes"},
}};

/// The items of a tuple, by position and kind.
class Arguments {
 public:
  Arguments(const PickleDocument& document, PickleIndex tuple, const PicklePlace& place,
            std::string_view of)
      : document_(document), items_(document[tuple].items), place_(place), of_(of) {
    if (document[tuple].kind != PickleKind::tuple) {
      reject(words_for(document[tuple].kind), "a tuple");
    }
  }

  std::size_t size() const { return items_.size(); }

  PickleIndex at(std::size_t position, PickleKind kind) const {
    if (position >= items_.size()) {
      reject(std::to_string(items_.size()) + " arguments", std::to_string(position + 1));
    }
    const PickleIndex item = items_[position];
    if (document_[item].kind != kind) reject(words_for(document_[item].kind), words_for(kind));
    return item;
  }

  /// Python 2 wrote texts as bytes.
  std::string_view text(std::size_t position) const {
    const bool is_bytes =
        position < items_.size() && document_[items_[position]].kind == PickleKind::bytes;
    return document_[at(position, is_bytes ? PickleKind::bytes : PickleKind::text)].content;
  }

  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    reject_pickle(place_.file, place_.byte, found, expected + " for " + std::string(of_));
  }

 private:
  const PickleDocument& document_;
  const std::vector<PickleIndex>& items_;
  const PicklePlace& place_;
  std::string_view of_;
};

PickleValue array_of(PickleIndex dtype, PickleIndex content, PickleIndex shape, bool fortran) {
  return {.kind = PickleKind::array, .integer = fortran ? 1 : 0, .items = {dtype, content, shape}};
}

}  // namespace

std::string_view known_pickle_name(std::string_view module, std::string_view name) {
  for (const auto& [known_module, known] : known_names) {
    if (module == known_module && name == known) return known;
  }
  return {};
}

PickleValue call_pickle_name(const PickleDocument& document, PickleIndex function,
                             PickleIndex arguments, const PicklePlace& place) {
  using enum PickleKind;
  if (document[function].kind != name) {
    reject_pickle(place.file, place.byte, words_for(document[function].kind), "a name to call");
  }
  const std::string_view called = document[function].content;
  const Arguments given(document, arguments, place, called);
  if (called == "_reconstruct") return {.kind = array};  // its state follows
  if (called == "dtype") return {.kind = dtype, .content = given.text(0)};
  if (called == "bytes" && given.size() == 0) return {.kind = bytes};
  if (called == "encode") {
    if (given.text(1) != "latin1") given.reject(in_quotes(given.text(1)), "'latin1'");
    return {.kind = bytes, .content = document[given.at(0, text)].content, .utf8 = true};
  }
  if (called == "scalar") {
    return {.kind = array, .items = {given.at(0, dtype), given.at(1, bytes)}};
  }
  if (called == "_frombuffer") {
    return array_of(given.at(1, dtype), given.at(0, bytes), given.at(2, tuple),
                    given.text(3) != "C");
  }
  given.reject("a call of it", "none");
}

void set_pickle_state(PickleDocument& document, PickleIndex object, PickleIndex state,
                      const PicklePlace& place) {
  using enum PickleKind;
  PickleValue& changed = document.values[object];
  if (changed.kind == array) {
    const Arguments given(document, state, place, "the state of an array");
    const PickleIndex fortran = given.at(3, boolean);
    const std::size_t made_at = changed.place;
    changed = array_of(given.at(2, dtype), given.at(4, bytes), given.at(1, tuple),
                       document[fortran].integer != 0);
    changed.place = made_at;
  } else if (changed.kind == dtype) {
    const Arguments given(document, state, place, "the state of a dtype");
    given.text(1);
    changed.items = {document[state].items[1]};
  } else {
    reject_pickle(place.file, place.byte, "a state for " + words_for(changed.kind),
                  "one for an array or a dtype");
  }
}

}  // namespace wrcor::numpy
