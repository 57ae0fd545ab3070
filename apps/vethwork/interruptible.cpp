#include "interruptible.hpp"

namespace vethwork::app {

namespace {

volatile std::sig_atomic_t noted = 0;

}  // namespace

Interruptible::Interruptible() {
    struct sigaction action {};
    action.sa_handler = [](int signal) { noted = signal; };
    for (std::size_t i = 0; i < signals.size(); ++i) {
        ::sigaction(signals[i], nullptr, &before_[i]);
        bool const nohup = signals[i] == SIGHUP && before_[i].sa_handler == SIG_IGN;
        if (!nohup) ::sigaction(signals[i], &action, nullptr);
    }
}

Interruptible::~Interruptible() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
}

int Interruptible::signal() { return noted; }

void Interruptible::not_any_more() {
    for (int const signal : signals) (void)std::signal(signal, SIG_DFL);
}

void Interruptible::deaf() {
    for (int const signal : signals) (void)std::signal(signal, SIG_IGN);
}

}  // namespace vethwork::app
