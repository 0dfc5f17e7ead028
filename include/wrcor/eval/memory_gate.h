#pragma once

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>

namespace wrcor {

/// Lets evaluations run side by side, and one that ran out of memory alone. Who asks first enters
/// first, so that none waits for ever. Safe to use from several threads.
class MemoryGate {
 public:
  /// The right to use memory; its end lets others in.
  class Place {
   public:
    explicit Place(MemoryGate& gate) : gate_(gate) {}
    ~Place() { gate_.leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    MemoryGate& gate_;
  };

  /// Waits for a place beside others.
  Place enter();
  /// Waits until nobody is inside, and keeps all others out. Who has a place must not ask for it.
  Place enter_alone();

  /// One place less than have ever been taken at a time, but for one that stays.
  /// @return how many there are now; nothing when that is no change
  std::optional<int> narrow();

 private:
  Place enter(bool alone);
  bool has_room(bool alone) const;
  void leave();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t served_tickets_ = 0;
  int places_ = std::numeric_limits<int>::max();
  int inside_ = 0;
  int most_inside_ = 0;
  bool one_is_alone_ = false;
};

}  // namespace wrcor
