"""What can go wrong, as one tree; each error is one line that names the next step.

HeadraceError                 exit 1
├── ProjectError              project.toml, or what it points to, cannot be used
├── SourceError               an input cannot be read at all (a malformed row is a reject, not an error)
├── StoreError                the store cannot be opened or written
│   └── StoreBusy             another command holds it                                          exit 75
├── EngineError               what does the work, or where its files lie, cannot be had
│   └── JobLost               the workers died that were given it
├── LabelStudioError          Label Studio, embedded or outside
│   ├── LabelStudioUnreachable
│   │   └── LabelStudioInDoubt what was sent may be done all the same: its answer was lost
│   └── LabelStudioRefused    it answered, and said no
│       └── LabelStudioGone   what was asked for is not there (any more)
├── VerificationError         what [verification] asks for cannot be done on this machine
├── BackupError               a backup cannot be made, or not be brought back
├── PublishError              a release cannot be sent, or is not there as it was sent
├── GateRefused               a gate of the release said no                                     exit 3
├── AlertRaised               `watch` was to end with the first alert, and one came             exit 4
└── UsageError                the command line asks for something that does not exist           exit 2
"""


class HeadraceError(Exception):
    """Something a person must mend: `{what}: {expected}, {found}; {next step}`."""

    exit_code = 1


class ProjectError(HeadraceError):
    """project.toml, or a file it points to, cannot be used."""


class SourceError(HeadraceError):
    """An input cannot be read at all."""


class StoreError(HeadraceError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreError):  # noqa: N818 - a state, as in sqlite's SQLITE_BUSY
    """Another command holds the store."""

    exit_code = 75


class EngineError(HeadraceError):
    """What does the work at scale, or where its files lie, cannot be had."""


class JobLost(EngineError):  # noqa: N818 - what is the case, as its parent says that it is an error
    """The workers died that were given a job."""


class LabelStudioError(HeadraceError):
    """Label Studio did not do what was asked."""


class LabelStudioUnreachable(LabelStudioError):  # noqa: N818 - what is the case, as its parent says that it is an error
    """Nothing answers at Label Studio's address."""


class LabelStudioInDoubt(LabelStudioUnreachable):
    """The answer to a write was lost: it may have been done, may be done yet, or never."""


class LabelStudioRefused(LabelStudioError):  # noqa: N818 - what is the case, as its parent says that it is an error
    """Label Studio answered, and refused."""


class LabelStudioGone(LabelStudioRefused):
    """What was asked for is not in Label Studio, or not any more."""


class VerificationError(HeadraceError):
    """What `[verification]` asks for cannot be done on this machine; it is never done in a weaker way instead."""


class BackupError(HeadraceError):
    """A backup cannot be made, or not be brought back."""


class PublishError(HeadraceError):
    """A release cannot be published, or is not there as it was sent."""


class GateRefused(HeadraceError):  # noqa: N818 - what is the case, as its parent says that it is an error
    """A gate of the release said no."""

    exit_code = 3


class AlertRaised(HeadraceError):  # noqa: N818 - what is the case, as its parent says that it is an error
    """An alert was raised, and somebody asked to be told so."""

    exit_code = 4


class UsageError(HeadraceError):
    """The command line names something that does not exist."""

    exit_code = 2
