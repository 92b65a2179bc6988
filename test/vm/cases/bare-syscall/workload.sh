# A shell asks for its parent when it starts; EPERM is -1.
case $(sh -c 'echo "$PPID"') in
4294967295) echo "no parent" ;;
*) echo "a parent" ;;
esac
