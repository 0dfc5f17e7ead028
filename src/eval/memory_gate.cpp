#include "eval/memory_gate.h"

#include <algorithm>

namespace wrcor {

MemoryGate::Place MemoryGate::enter() { return enter(/*alone=*/false); }

MemoryGate::Place MemoryGate::enter_alone() { return enter(/*alone=*/true); }

MemoryGate::Place MemoryGate::enter(bool alone) {
  {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = next_ticket_++;
    changed_.wait(lock, [&] { return ticket == served_tickets_ && has_room(alone); });
    ++served_tickets_;
    most_inside_ = std::max(most_inside_, ++inside_);
    one_is_alone_ = alone;
  }
  changed_.notify_all();
  return Place(*this);
}

bool MemoryGate::has_room(bool alone) const {
  return alone ? inside_ == 0 : !one_is_alone_ && inside_ < places_;
}

void MemoryGate::leave() {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
    one_is_alone_ = false;
  }
  changed_.notify_all();
}

std::optional<int> MemoryGate::narrow() {
  const std::lock_guard lock(mutex_);
  const int before = std::min(places_, most_inside_);
  places_ = std::max(1, before - 1);
  return places_ < before ? std::optional(places_) : std::nullopt;
}

int MemoryGate::most_together() const {
  const std::lock_guard lock(mutex_);
  return most_inside_;
}

}  // namespace wrcor
