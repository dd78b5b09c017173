//! A question with three answers in it, two of which are right.

/// The question.
pub(crate) const QUESTION: &str =
    "How does words.sh list the distinct words of a text, the most frequent first?";

/// By what the answers are weighed, the weightiest first.
pub(crate) const CRITERIA: [&str; 2] = ["it is right", "it gives up less"];

/// The files: a text, what is to come out, the three answers, and a check that tries one of them.
pub(crate) const FILES: [(&str, &str); 6] = [
    ("text.txt", "to be or not to be that is the question to ask\n"),
    (
        "expected.txt",
        "3 to\n2 be\n1 ask\n1 is\n1 not\n1 or\n1 question\n1 that\n1 the\n",
    ),
    (
        "options/pipeline.sh",
        "tr -s ' ' '\\n' | sort | uniq -c | awk '{ print $1, $2 }' | sort -k1,1nr -k2\n",
    ),
    (
        "options/counting.sh",
        "awk '{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) print n[w], w }' | sort -k1,1nr -k2\n",
    ),
    (
        "options/short.sh",
        "tr -s ' ' '\\n' | uniq -c | awk '{ print $1, $2 }' | sort -k1,1nr -k2\n",
    ),
    (
        "try.sh",
        "# Tries one answer on the text.\n\
         got=$(LC_ALL=C sh \"options/$1.sh\" < text.txt)\n\
         if [ \"$got\" = \"$(cat expected.txt)\" ]; then echo \"$1: right\"; else echo \"$1: wrong\"; exit 1; fi\n",
    ),
];
