#pragma once

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>

namespace wrcor {

/// Lets evaluations run concurrently, and one that ran out of memory alone. First come, first
/// served, so that none waits forever. Safe to use from several threads.
class MemoryGate {
 public:
  /// The right to use memory; its destruction lets others in.
  class Place {
   public:
    explicit Place(MemoryGate& gate) : gate_(gate) {}
    ~Place() { gate_.leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    MemoryGate& gate_;
  };

  /// Waits for a place alongside others.
  Place enter();
  /// Waits until all others have left, and keeps them out. The caller must not hold a place.
  Place enter_alone();

  /// Reduces the number of places to one less than the most ever taken together, but at least one.
  /// @return the new number; nothing if it did not change
  std::optional<int> narrow();
  /// The most places that were ever taken together.
  int most_together() const;

 private:
  Place enter(bool alone);
  bool has_room(bool alone) const;
  void leave();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t served_tickets_ = 0;
  int places_ = std::numeric_limits<int>::max();
  int inside_ = 0;
  int most_inside_ = 0;
  bool one_is_alone_ = false;
};

}  // namespace wrcor
