#include <vethwork/apply/namespace_stock.hpp>

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <vethwork/netns/create.hpp>

namespace vethwork::apply {

Result<Fd> handle_of(netlink::Connection const& connection) {
    Fd handle(::ioctl(connection.fd(), SIOCGSKNS));
    if (!handle.is_open()) return system_error("get a handle of a network namespace");
    return handle;
}

Result<FreshNamespace> make_namespace() {
    TRY(netns::enter_new());
    auto socket = TRY(netlink::Connection::open());
    Fd handle = TRY(handle_of(socket));
    return FreshNamespace{std::move(handle), std::move(socket)};
}

namespace {

/// Lets this process's table of descriptors grow now. Where several threads share it, each time that it grows
/// the kernel waits until all processors have seen it (expand_fdtable()): tens of milliseconds.
void make_room(std::size_t descriptors) {
    Fd const any(::open("/", O_PATH | O_CLOEXEC));
    Fd const last(::fcntl(any.get(), F_DUPFD_CLOEXEC, static_cast<int>(descriptors)));
}

}  // namespace

NamespaceStock::NamespaceStock(std::size_t count) : left_(count) {
    constexpr std::size_t each = 2, others = 64;
    make_room(each * count + others);
    second_ = std::thread([this] { work(); });
}

NamespaceStock::~NamespaceStock() {
    {
        std::lock_guard const guard(lock_);
        left_ = 0;
    }
    second_.join();
}

/// Ends at the first error: whoever takes the next one makes it, and has the error to tell.
void NamespaceStock::work() {
    std::unique_lock guard(lock_);
    while (left_ > 0) {
        --left_;
        at_work_ = true;
        guard.unlock();
        auto fresh = make_namespace();
        guard.lock();
        at_work_ = false;
        if (fresh)
            ready_.push_back(std::move(*fresh));
        else
            left_ = 0;
        made_.notify_one();
    }
}

Result<FreshNamespace> NamespaceStock::take() {
    std::unique_lock guard(lock_);
    if (left_ == 0) made_.wait(guard, [this] { return !ready_.empty() || !at_work_; });
    if (!ready_.empty()) {
        auto fresh = std::move(ready_.front());
        ready_.pop_front();
        return fresh;
    }
    if (left_ > 0) --left_;
    guard.unlock();
    return make_namespace();
}

}  // namespace vethwork::apply
